package dev.rowcast.schemas.filter;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A value in a filter. It has no type: the column's value says whether it is taken as a number, a time, a boolean or
/// text. All of that is worked out once.
public final class Literal {
    private final String text;
    private final @Nullable BigDecimal number;
    private final Optional<Moment> moment;

    Literal(String text) {
        this.text = text;
        this.number = Numbers.parse(text);
        this.moment = Moment.parse(text);
    }

    /// The value as it was written, without quotes.
    public String text() {
        return text;
    }

    /// How the column's value stands to this one, as a comparator says it; empty where the two do not compare, as
    /// with null.
    OptionalInt compare(Value value) {
        return switch (value) {
            case Value.Amount(BigDecimal columns) ->
                number == null ? OptionalInt.empty() : OptionalInt.of(columns.compareTo(number));
            case Value.Bool(boolean columns) ->
                isBoolean() ? OptionalInt.of(Boolean.compare(columns, text.equals("true"))) : OptionalInt.empty();
            case Value.Words words -> OptionalInt.of(compare(words));
            case Value.Null none -> OptionalInt.empty();
            case Value.Nested none -> OptionalInt.empty();
        };
    }

    private int compare(Value.Words words) {
        if (moment.isPresent() && words.moment().isPresent()) {
            return words.moment().get().compareTo(moment.get());
        }
        return compareCodePoints(words.text(), text);
    }

    /// What columns' values that equal this one have as their [Value#key()].
    List<ValueKey> keys() {
        List<ValueKey> keys = new ArrayList<>(2);
        keys.add(moment.map(ValueKey::of).orElseGet(() -> ValueKey.of(text)));
        if (number != null) {
            keys.add(ValueKey.of(number));
        }
        if (isBoolean()) {
            keys.add(ValueKey.of(text.equals("true")));
        }
        return keys;
    }

    private boolean isBoolean() {
        return text.equals("true") || text.equals("false");
    }

    /// Java compares UTF-16 units, which puts characters beyond the first plane before some within it.
    static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean sameWidth = Character.isSurrogate(x) == Character.isSurrogate(y);
                return sameWidth ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Literal that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
