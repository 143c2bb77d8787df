package dev.rowcast.schemas.filter;

import java.math.BigDecimal;

/// What equal values have in common, to look filters up by: numbers whatever their digits, times whatever their
/// spelling.
///
/// @param text begins with the kind, so that values of two kinds never meet
public record ValueKey(String text) {
    static ValueKey of(String words) {
        return new ValueKey("t" + words);
    }

    static ValueKey of(Moment moment) {
        return new ValueKey("m" + moment.instant());
    }

    static ValueKey of(BigDecimal number) {
        return new ValueKey("n" + number.stripTrailingZeros());
    }

    static ValueKey of(boolean flag) {
        return new ValueKey("b" + flag);
    }
}
