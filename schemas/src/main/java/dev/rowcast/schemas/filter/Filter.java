package dev.rowcast.schemas.filter;

import dev.rowcast.schemas.filter.Condition.All;
import dev.rowcast.schemas.filter.Condition.Compare;
import dev.rowcast.schemas.filter.Condition.In;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which rows of a channel somebody wants: conditions on delivered columns, in PostgREST's spelling. Everything
/// about it is worked out when it is read, so that judging a row parses nothing of it. Immutable.
///
/// Two texts that mean the same by the rules of the notation (order, nesting, negation, quotes) are the same filter
/// and have the same [#canonical()] text, by which it is known everywhere.
public final class Filter {
    /// The longest text, in characters, as it is written and in its canonical form.
    public static final int MAX_CHARS = 2_000;

    /// The most terms, such as `a=eq.1`.
    public static final int MAX_TERMS = 16;

    /// The most values of one `in`.
    public static final int MAX_VALUES = 100;

    /// The most groups and negations inside each other.
    public static final int MAX_DEPTH = 8;

    private final Condition condition;
    private final String canonical;
    private final Set<String> columns;
    private final Optional<Equality> equality;

    private Filter(Condition condition, String canonical) {
        this.condition = condition;
        this.canonical = canonical;
        this.columns = Set.copyOf(condition.columns());
        this.equality = equality(condition);
    }

    /// Reads a filter, such as `status=eq.open,or=(size.gt.5,owner.is.null)`.
    ///
    /// @throws FilterException when the text is none, or over a limit
    public static Filter parse(String text) throws FilterException {
        limit(text, "");
        if (text.isBlank()) {
            throw new FilterException("The filter is empty; write one such as 'status=eq.open', or leave it out.");
        }
        if (!text.codePoints().allMatch(Text::isVisible)) {
            throw new FilterException("The filter has a control character or half a character; remove it.");
        }
        return of(new FilterParser(text).parse());
    }

    /// Reads a filter that was accepted before, in this process or by the one that wrote the record.
    ///
    /// @throws IllegalArgumentException when the text is none
    public static Filter trusted(String text) {
        try {
            return parse(text);
        } catch (FilterException e) {
            throw new IllegalArgumentException(e.reason(), e);
        }
    }

    /// What passes all of these.
    ///
    /// @param texts at least one
    /// @throws FilterException when one is no filter, or all together are over a limit
    public static Filter parseAll(Collection<String> texts) throws FilterException {
        List<Condition> conditions = new ArrayList<>();
        for (String text : texts) {
            conditions.add(parse(text).condition);
        }
        Condition all = Condition.all(conditions);
        if (all.terms().count() > MAX_TERMS) {
            throw new FilterException("The filters have more than " + MAX_TERMS + " terms together; use fewer.");
        }
        return of(all);
    }

    private static Filter of(Condition condition) throws FilterException {
        String canonical = Notation.text(condition);
        limit(canonical, " in its canonical form");
        return new Filter(condition, canonical);
    }

    private static void limit(String text, String form) throws FilterException {
        if (text.length() > MAX_CHARS) {
            throw new FilterException(
                    "The filter has " + text.length() + " characters" + form + "; use at most " + MAX_CHARS + ".");
        }
    }

    /// The one text of this filter.
    public String canonical() {
        return canonical;
    }

    /// What it asks, in normal form.
    public Condition condition() {
        return condition;
    }

    /// The columns that it reads.
    public Set<String> columns() {
        return columns;
    }

    /// What to find it by when a row changes; empty when it asks for no equality.
    public Optional<Equality> equality() {
        return equality;
    }

    /// What it says of a row.
    public Verdict judge(Row row) {
        return Judge.judge(condition, row);
    }

    /// The term with the fewest values, because it is found in the fewest places.
    private static Optional<Equality> equality(Condition condition) {
        Stream<Condition> members = condition instanceof All(List<Condition> all) ? all.stream() : Stream.of(condition);
        return members.flatMap(Filter::equalityOf)
                .min(Comparator.comparingInt(each -> each.keys().size()));
    }

    private static Stream<Equality> equalityOf(Condition condition) {
        return switch (condition) {
            case Compare(String column, Operator operator, Literal value)
            when operator == Operator.EQ -> Stream.of(new Equality(column, Set.copyOf(value.keys())));
            case In(String column, boolean negated, List<Literal> values)
            when !negated -> {
                Set<ValueKey> keys = new HashSet<>();
                values.forEach(value -> keys.addAll(value.keys()));
                yield Stream.of(new Equality(column, keys));
            }
            default -> Stream.empty();
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Filter that && canonical.equals(that.canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    @Override
    public String toString() {
        return canonical;
    }
}
