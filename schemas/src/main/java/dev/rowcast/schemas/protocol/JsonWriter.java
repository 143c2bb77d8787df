package dev.rowcast.schemas.protocol;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Optional;

/// Writes minified JSON in the order of the calls. Member names are constants of this package and need no escaping.
final class JsonWriter {
    /// Always three decimals, as JavaScript's `toISOString` writes them.
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final StringBuilder out;

    JsonWriter(int expectedChars) {
        this.out = new StringBuilder(expectedChars);
    }

    JsonWriter begin() {
        comma();
        out.append('{');
        return this;
    }

    JsonWriter begin(String name) {
        name(name);
        out.append('{');
        return this;
    }

    JsonWriter end() {
        out.append('}');
        return this;
    }

    JsonWriter beginList(String name) {
        name(name);
        out.append('[');
        return this;
    }

    JsonWriter endList() {
        out.append(']');
        return this;
    }

    JsonWriter text(String name, String value) {
        name(name);
        JsonText.append(out, value);
        return this;
    }

    JsonWriter text(String name, Optional<String> value) {
        return value.isPresent() ? text(name, value.get()) : this;
    }

    JsonWriter texts(String name, List<String> values) {
        beginList(name);
        for (String value : values) {
            comma();
            JsonText.append(out, value);
        }
        return endList();
    }

    JsonWriter textsUnlessEmpty(String name, List<String> values) {
        return values.isEmpty() ? this : texts(name, values);
    }

    JsonWriter number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    /// A member that is there only when it is true.
    JsonWriter flag(String name) {
        name(name);
        out.append("true");
        return this;
    }

    JsonWriter time(String name, Instant value) {
        name(name);
        out.append('"');
        MILLIS.formatTo(value, out);
        out.append('"');
        return this;
    }

    JsonWriter fragment(String name, JsonFragment value) {
        name(name);
        out.append(value.json());
        return this;
    }

    JsonWriter row(String name, Optional<RowImage> row) {
        name(name);
        if (row.isEmpty()) {
            out.append("null");
            return this;
        }
        out.append('{');
        row.get().columns().forEach((column, value) -> {
            comma();
            JsonText.append(out, column);
            out.append(':').append(value.json());
        });
        return end();
    }

    String json() {
        return out.toString();
    }

    private void name(String name) {
        comma();
        out.append('"').append(name).append("\":");
    }

    /// What stands before tells whether a comma is due, so no nesting state is kept.
    private void comma() {
        if (!out.isEmpty()) {
            char last = out.charAt(out.length() - 1);
            if (last != '{' && last != '[' && last != ':') {
                out.append(',');
            }
        }
    }
}
