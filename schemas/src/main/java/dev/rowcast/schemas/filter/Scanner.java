package dev.rowcast.schemas.filter;

/// A filter's text and how far it was read. Space around words, values and commas has no meaning.
final class Scanner {
    private final String text;
    private int at;
    private int part;

    Scanner(String text) {
        this.text = text;
    }

    /// The part that errors name begins here.
    void mark() {
        skipSpace();
        part = at;
    }

    boolean atEnd() {
        skipSpace();
        return at == text.length();
    }

    boolean at(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    /// Takes the character when it is the next one, spaces left aside.
    boolean take(char c) {
        skipSpace();
        if (!at(c)) {
            return false;
        }
        at++;
        return true;
    }

    /// Takes what opens a group after `and` or `or`: `=(` in the whole text, `(` in groups.
    boolean takeGroup(char separator) {
        int before = at;
        if (separator == '=' && !take('=')) {
            return false;
        }
        if (take('(')) {
            return true;
        }
        at = before;
        return false;
    }

    void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    /// What is up to the next separator; may be empty.
    String word() {
        skipSpace();
        int from = at;
        while (at < text.length() && !endsWord(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at).strip();
    }

    private static boolean endsWord(char c) {
        return c == '.' || c == '=' || Text.isReserved(c);
    }

    /// A value, with or without quotes; without, it may be empty.
    String value() throws FilterException {
        skipSpace();
        if (at('"')) {
            return quoted();
        }
        int from = at;
        while (at < text.length() && !Text.isReserved(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at).strip();
    }

    /// A text in double quotes, in which a backslash takes the next character as it stands.
    String quoted() throws FilterException {
        StringBuilder out = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            out.append(text.charAt(at));
        }
        if (at == text.length()) {
            throw wrong("opens quotes that nothing closes; write \\\" for a quote inside");
        }
        at++;
        return out.toString();
    }

    /// @param what goes on after "The part '…' "
    FilterException wrong(String what) {
        String from = text.substring(Math.min(part, text.length()));
        String shown = from.isBlank() ? "that should follow" : FilterException.shown(from);
        return new FilterException(
                "In the filter, the part " + shown + " at character " + (part + 1) + " " + what + ".");
    }
}
