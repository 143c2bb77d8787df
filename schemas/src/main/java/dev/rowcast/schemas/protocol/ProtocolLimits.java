package dev.rowcast.schemas.protocol;

import java.time.Duration;

/// How much one client message may hold. Over a limit it is refused with [ErrorCode#TOO_LONG],
/// [ErrorCode#TOO_MANY_IDS] or [ErrorCode#INVALID_MESSAGE], and the connection stays.
///
/// @param frameBytes one message in UTF-8
/// @param jsonDepth objects and lists inside each other
/// @param idsPerMessage entity ids and channels of one message together
/// @param tokenChars a token
/// @param cursorChars a cursor
/// @param waitTimeout the longest `WAIT`
public record ProtocolLimits(
        int frameBytes, int jsonDepth, int idsPerMessage, int tokenChars, int cursorChars, Duration waitTimeout) {

    /// Depth of the JSON inside one column's value.
    public static final int MAX_ROW_DEPTH = 256;

    /// A server's message in UTF-8, as far as our own clients read it.
    public static final int MAX_SERVER_FRAME_BYTES = 4 << 20;

    static final int MAX_CORRELATION_CHARS = 64;
    static final int MAX_ENTITY_CODE_CHARS = 64;
    static final int MAX_ENTITY_ID_CHARS = 128;
    static final int MAX_CLIENT_NAME_CHARS = 128;

    /// What `rowcast.v1.json` documents; a gateway may be set tighter.
    public static final ProtocolLimits DEFAULTS =
            new ProtocolLimits(64 << 10, 32, 512, 8 << 10, 512, Duration.ofSeconds(30));

    public ProtocolLimits {
        atLeastOne("frameBytes", frameBytes);
        atLeastOne("jsonDepth", jsonDepth);
        atLeastOne("idsPerMessage", idsPerMessage);
        atLeastOne("tokenChars", tokenChars);
        atLeastOne("cursorChars", cursorChars);
        waitTimeout = Checks.millis("waitTimeout", waitTimeout);
    }

    private static void atLeastOne(String name, int value) {
        Checks.that(value >= 1, name + " must be at least 1, but is " + value);
    }
}
