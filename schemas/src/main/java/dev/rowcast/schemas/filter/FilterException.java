package dev.rowcast.schemas.filter;

/// A text that is no filter. The message says which part, what is wrong with it and how to mend it, for whoever wrote
/// it. Has no stack trace, because bad input is ordinary.
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 40;

    /// @param reason what is wrong and how to mend it, as whole sentences
    public FilterException(String reason) {
        super(reason, null, false, false);
    }

    /// What is wrong, as whole sentences.
    public String reason() {
        return String.valueOf(getMessage());
    }

    /// Text from outside as an error may show it: short, on one line, visible.
    static String shown(String text) {
        StringBuilder out = new StringBuilder("'");
        text.codePoints().limit(MAX_SHOWN).forEach(c -> out.appendCodePoint(Text.isVisible(c) ? c : '?'));
        return out.append(text.codePointCount(0, text.length()) > MAX_SHOWN ? "…'" : "'")
                .toString();
    }
}
