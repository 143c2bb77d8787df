package dev.rowcast.schemas.filter;

import dev.rowcast.schemas.filter.Condition.All;
import dev.rowcast.schemas.filter.Condition.Any;
import dev.rowcast.schemas.filter.Condition.Compare;
import dev.rowcast.schemas.filter.Condition.In;
import dev.rowcast.schemas.filter.Condition.Is;
import dev.rowcast.schemas.filter.Condition.Like;
import dev.rowcast.schemas.filter.Condition.Term;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Holds conditions against rows. A term about null is neither true nor false, as in SQL; because negation stands only
/// at the terms, that comes to the same as false here.
final class Judge {
    private Judge() {}

    static Verdict judge(Condition condition, Row row) {
        return switch (condition) {
            case All(List<Condition> members) -> group(members, row, Verdict.FAILS, Verdict.PASSES);
            case Any(List<Condition> members) -> group(members, row, Verdict.PASSES, Verdict.FAILS);
            case Term term -> {
                Optional<Value> value = row.value(term.column());
                if (value.isEmpty()) {
                    yield Verdict.UNDECIDED;
                }
                yield holds(term, value.get()) ? Verdict.PASSES : Verdict.FAILS;
            }
        };
    }

    /// @param decisive what one member says for all of them
    /// @param otherwise what is said when nobody says that
    private static Verdict group(List<Condition> members, Row row, Verdict decisive, Verdict otherwise) {
        Verdict verdict = otherwise;
        for (Condition member : members) {
            Verdict each = judge(member, row);
            if (each == decisive) {
                return decisive;
            }
            if (each == Verdict.UNDECIDED) {
                verdict = Verdict.UNDECIDED;
            }
        }
        return verdict;
    }

    private static boolean holds(Term term, Value value) {
        return switch (term) {
            case Compare(String column, Operator operator, Literal literal) -> {
                OptionalInt order = literal.compare(value);
                yield order.isPresent() && operator.holds(order.getAsInt());
            }
            case In in -> in.negated() ? isNone(in.values(), value) : isAny(in.values(), value);
            case Is is -> isTruth(is.truth(), value) != is.negated();
            case Like like ->
                value instanceof Value.Words words && like.pattern().matches(words.text()) != like.negated();
        };
    }

    private static boolean isAny(List<Literal> literals, Value value) {
        return literals.stream().map(literal -> literal.compare(value)).anyMatch(OptionalInt.of(0)::equals);
    }

    private static boolean isNone(List<Literal> literals, Value value) {
        return literals.stream()
                .map(literal -> literal.compare(value))
                .allMatch(order -> order.isPresent() && order.getAsInt() != 0);
    }

    private static boolean isTruth(Condition.Truth truth, Value value) {
        return switch (truth) {
            case NULL -> value instanceof Value.Null;
            case TRUE -> value instanceof Value.Bool(boolean flag) && flag;
            case FALSE -> value instanceof Value.Bool(boolean flag) && !flag;
        };
    }
}
