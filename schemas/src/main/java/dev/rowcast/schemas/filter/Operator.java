package dev.rowcast.schemas.filter;

import java.util.Locale;
import java.util.Optional;

/// How a column is compared with a value.
public enum Operator {
    EQ,
    NEQ,
    LT,
    LTE,
    GT,
    GTE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Operator> of(String text) {
        for (Operator operator : values()) {
            if (operator.text().equals(text)) {
                return Optional.of(operator);
            }
        }
        return Optional.empty();
    }

    /// The one that holds exactly where this one does not, among values that compare.
    Operator negated() {
        return switch (this) {
            case EQ -> NEQ;
            case NEQ -> EQ;
            case LT -> GTE;
            case GTE -> LT;
            case GT -> LTE;
            case LTE -> GT;
        };
    }

    /// @param order of the column's value to the filter's, as a comparator says it
    boolean holds(int order) {
        return switch (this) {
            case EQ -> order == 0;
            case NEQ -> order != 0;
            case LT -> order < 0;
            case LTE -> order <= 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
        };
    }
}
