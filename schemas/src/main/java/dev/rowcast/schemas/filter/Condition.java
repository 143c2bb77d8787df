package dev.rowcast.schemas.filter;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a filter asks of a row, in normal form: negation stands only at the terms, groups of the same kind are not
/// inside each other, and the members of a group and of a list are in order and different.
public sealed interface Condition {

    /// The columns it reads.
    default Set<String> columns() {
        Set<String> columns = new HashSet<>();
        terms().forEach(term -> columns.add(term.column()));
        return columns;
    }

    /// Its terms, from left to right.
    default Stream<Term> terms() {
        return switch (this) {
            case Term term -> Stream.of(term);
            case All(List<Condition> members) -> members.stream().flatMap(Condition::terms);
            case Any(List<Condition> members) -> members.stream().flatMap(Condition::terms);
        };
    }

    /// What is asked of one column.
    sealed interface Term extends Condition {
        String column();
    }

    /// Every member has to hold.
    ///
    /// @param members at least two, none of them an [All]
    record All(List<Condition> members) implements Condition {
        public All {
            members = List.copyOf(members);
        }
    }

    /// One member has to hold.
    ///
    /// @param members at least two, none of them an [Any]
    record Any(List<Condition> members) implements Condition {
        public Any {
            members = List.copyOf(members);
        }
    }

    /// `column=gt.5`
    record Compare(String column, Operator operator, Literal value) implements Term {}

    /// `column=in.(1,2)`, or `not.in`.
    ///
    /// @param values at least two, in order
    record In(String column, boolean negated, List<Literal> values) implements Term {
        public In {
            values = List.copyOf(values);
        }
    }

    /// `column=is.null`, or `not.is`.
    record Is(String column, boolean negated, Truth truth) implements Term {}

    /// `column=like.a*`, or `not.like`.
    record Like(String column, boolean negated, LikePattern pattern) implements Term {}

    /// What `is` asks for.
    enum Truth {
        NULL,
        TRUE,
        FALSE;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// All of the conditions together, in normal form.
    ///
    /// @param conditions at least one, in normal form
    static Condition all(Collection<Condition> conditions) {
        Set<Condition> members = new TreeSet<>(Comparator.comparing(Notation::member));
        conditions.forEach(each -> members.addAll(each instanceof All(List<Condition> inner) ? inner : List.of(each)));
        return members.size() == 1 ? members.iterator().next() : new All(List.copyOf(members));
    }

    /// Any of the conditions, in normal form.
    ///
    /// @param conditions at least one, in normal form
    static Condition any(Collection<Condition> conditions) {
        Set<Condition> members = new TreeSet<>(Comparator.comparing(Notation::member));
        conditions.forEach(each -> members.addAll(each instanceof Any(List<Condition> inner) ? inner : List.of(each)));
        return members.size() == 1 ? members.iterator().next() : new Any(List.copyOf(members));
    }

    /// A list of values, in normal form: a list of one is `eq` or `neq`.
    ///
    /// @param values at least one
    static Term in(String column, boolean negated, Collection<Literal> values) {
        Set<Literal> distinct = new TreeSet<>(Comparator.comparing(Literal::text));
        distinct.addAll(values);
        return distinct.size() == 1
                ? new Compare(
                        column,
                        negated ? Operator.NEQ : Operator.EQ,
                        distinct.iterator().next())
                : new In(column, negated, List.copyOf(distinct));
    }
}
