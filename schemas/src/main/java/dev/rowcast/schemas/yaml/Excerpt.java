package dev.rowcast.schemas.yaml;

/// Values of the user's, made fit for a line of text: bounded, and without characters that move a terminal's cursor.
public final class Excerpt {
    private static final int MAX_LENGTH = 80;

    private Excerpt() {}

    /// In double quotes.
    public static String quoted(String value) {
        return '"' + of(value) + '"';
    }

    /// At most 80 characters, each of them visible.
    public static String of(String value) {
        String head = value.length() <= MAX_LENGTH ? value : value.substring(0, MAX_LENGTH) + "…";
        return head.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '�' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
