package dev.rowcast.ingest.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads an array as Postgres writes it, such as `{1,NULL,"a \"b\""}` or `[0:1]={{a,b},{c,d}}`.
final class ArrayLiteral {

    private final String text;
    private final char separator;
    private int at;

    private ArrayLiteral(String text, char separator) {
        this.text = text;
        this.separator = separator;
        // Bounds other than from 1 are written in front.
        this.at = Math.max(0, text.startsWith("[") ? text.indexOf('=') + 1 : 0);
    }

    /// @param separator of elements, a comma for all types but `box`
    /// @return each element a text, null, or a list of such
    /// @throws IllegalArgumentException when it is no array
    static List<@Nullable Object> parse(String text, char separator) {
        ArrayLiteral literal = new ArrayLiteral(text, separator);
        List<@Nullable Object> elements = literal.array();
        if (literal.at != text.length()) {
            throw literal.broken();
        }
        return elements;
    }

    private List<@Nullable Object> array() {
        expect('{');
        List<@Nullable Object> elements = new ArrayList<>();
        while (peek() != '}') {
            if (!elements.isEmpty()) {
                expect(separator);
            }
            elements.add(element());
        }
        at++;
        return elements;
    }

    private @Nullable Object element() {
        return switch (peek()) {
            case '{' -> array();
            case '"' -> quoted();
            default -> plain();
        };
    }

    private String quoted() {
        at++;
        StringBuilder element = new StringBuilder();
        while (peek() != '"') {
            if (peek() == '\\') {
                at++;
            }
            element.append(peek());
            at++;
        }
        at++;
        return element.toString();
    }

    private @Nullable String plain() {
        StringBuilder element = new StringBuilder();
        while (peek() != separator && peek() != '}') {
            if (peek() == '\\') {
                at++;
            }
            element.append(peek());
            at++;
        }
        String plain = element.toString();
        return plain.equals("NULL") ? null : plain;
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw broken();
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at);
    }

    private IllegalArgumentException broken() {
        return new IllegalArgumentException("not an array, from character " + at + " of " + text.length());
    }
}
