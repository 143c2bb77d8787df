package dev.rowcast.schemas.filter;

/// What may stand in a filter's text.
final class Text {
    private Text() {}

    /// Whether it is a whole character that neither moves a cursor nor ends a line.
    static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /// Whether the character means something to the notation, so that a value with it is written in quotes.
    static boolean isReserved(char c) {
        return c == ',' || c == '(' || c == ')' || c == '"';
    }
}
