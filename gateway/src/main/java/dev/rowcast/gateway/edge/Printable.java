package dev.rowcast.gateway.edge;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What clients send, made fit for a log: without credentials, on one line, and not endless.
final class Printable {

    /// A key or a token, wherever a client has put it.
    private static final Pattern CREDENTIAL =
            Pattern.compile("\\b(?:pk|sk)_[A-Za-z0-9_-]+|eyJ[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*\\.?[A-Za-z0-9_-]*");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[\\u0080-\\u009f\\u2028\\u2029]");
    private static final String MASK = "***";
    private static final int LONGEST = 1_024;

    private Printable() {}

    /// A query as it was sent, but for the values of credentials.
    static String query(String raw) {
        return text(Credentials.masked(raw));
    }

    /// Any text: control characters as `\\uXXXX`, what looks like a credential masked, cut at 1,024 characters.
    static String text(String raw) {
        String masked = CREDENTIAL.matcher(raw).replaceAll(MASK);
        String cut = masked.length() > LONGEST ? masked.substring(0, LONGEST) + "…" : masked;
        return CONTROL.matcher(cut)
                .replaceAll(found -> Matcher.quoteReplacement(
                        "\\u%04x".formatted((int) found.group().charAt(0))));
    }
}
