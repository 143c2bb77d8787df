package dev.rowcast.schemas.protocol;

import java.util.Optional;

/// Rendered server messages, handled without decoding them.
public final class Frames {
    private static final String TYPE_PREFIX = "{\"type\":\"";
    private static final String CURSOR = ",\"cursor\":\"";

    private Frames() {}

    /// The frame with `cursor` as its last member.
    ///
    /// @param json a frame from [ProtocolCodec#encode(Envelope)] that has no cursor yet
    /// @throws IllegalArgumentException when `json` is no such frame
    public static String withCursor(String json, String cursor) {
        Checks.that(json.startsWith(TYPE_PREFIX) && json.endsWith("}"), "Not a rendered message");
        StringBuilder out = new StringBuilder(json.length() + cursor.length() + 14);
        out.append(json, 0, json.length() - 1).append(",\"cursor\":");
        JsonText.append(out, cursor);
        return out.append('}').toString();
    }

    /// The cursor of a rendered message, empty when it has none.
    public static Optional<String> cursor(String json) {
        int start = json.lastIndexOf(CURSOR);
        boolean last = start >= 0 && json.indexOf('"', start + CURSOR.length()) == json.length() - 2;
        return last ? Optional.of(json.substring(start + CURSOR.length(), json.length() - 2)) : Optional.empty();
    }

    /// The type of a rendered message, which is its first member.
    ///
    /// @throws IllegalArgumentException when `json` was not rendered by [ProtocolCodec]
    public static String type(String json) {
        int end = json.indexOf('"', TYPE_PREFIX.length());
        Checks.that(json.startsWith(TYPE_PREFIX) && end > 0, "Not a rendered message");
        return json.substring(TYPE_PREFIX.length(), end);
    }
}
