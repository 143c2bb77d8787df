package dev.rowcast.schemas.protocol;

import java.util.regex.Pattern;

/// What a text member may hold. Length is judged before content, so no pattern ever runs over a long text.
///
/// @param expected completes "must be …"
/// @param secret whether the value must never be shown, not even in the error about it
record TextRule(String expected, Pattern pattern, int maxChars, boolean secret) {
    private static final Pattern VISIBLE = Pattern.compile("[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

    static final TextRule ANY = rule("text", "(?s).*", Integer.MAX_VALUE);
    static final TextRule CORRELATION =
            new TextRule("text without control characters", VISIBLE, ProtocolLimits.MAX_CORRELATION_CHARS, false);
    static final TextRule CLIENT_NAME =
            new TextRule("text without control characters", VISIBLE, ProtocolLimits.MAX_CLIENT_NAME_CHARS, false);
    static final TextRule ENTITY_ID =
            new TextRule("text without control characters", VISIBLE, ProtocolLimits.MAX_ENTITY_ID_CHARS, false);
    static final TextRule ENTITY_CODE =
            rule("letters, digits, '_', '.' and '-'", "[A-Za-z0-9_.-]+", ProtocolLimits.MAX_ENTITY_CODE_CHARS);
    static final TextRule CHANNEL = rule(
            "a channel such as 'vault:42' (the id in letters, digits and . _ ~ @ : -)",
            "[a-z][a-z0-9_-]{0,63}:[A-Za-z0-9._~@:-]{1,128}",
            64 + 1 + 128);
    static final TextRule LSN = rule("a position such as '0/16B3748'", "[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}", 17);

    static TextRule token(int maxChars) {
        return new TextRule("a token in visible ASCII characters", VISIBLE_ASCII, maxChars, true);
    }

    static TextRule cursor(int maxChars) {
        return new TextRule("a cursor as the gateway sent it", VISIBLE_ASCII, maxChars, false);
    }

    private static TextRule rule(String expected, String pattern, int maxChars) {
        return new TextRule(expected, Pattern.compile(pattern), maxChars, false);
    }

    /// The value when it keeps the rule.
    ///
    /// @param path names the member in the error
    String check(String path, String value) {
        if (value.length() > maxChars) {
            throw new Refused(
                    ErrorCode.TOO_LONG,
                    path + " has " + value.length() + " characters; send at most " + maxChars + ".");
        }
        if (!pattern.matcher(value).matches()) {
            String shown = secret ? "" : ", but is " + Shown.shortened(value);
            throw new Refused(ErrorCode.INVALID_MESSAGE, path + " must be " + expected + shown + ".");
        }
        return value;
    }
}
