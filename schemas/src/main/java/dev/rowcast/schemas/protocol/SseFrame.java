package dev.rowcast.schemas.protocol;

import java.time.Duration;
import java.util.Optional;

/// One event of an event stream (`text/event-stream`). No value can end its line early and forge a field.
///
/// @param event the event's name, which is the message's type
/// @param id the cursor; a browser sends the last one back as `Last-Event-ID`
/// @param data one JSON text; a line break in it can only be white space between tokens and is written as a space
public record SseFrame(String event, Optional<String> id, String data) {

    /// @throws IllegalArgumentException when `event` or `id` holds a line break or NUL, which an event stream cannot
    ///     carry
    public SseFrame {
        requireOneLine("event", event);
        id.ifPresent(value -> requireOneLine("id", value));
        data = JsonText.onOneLine(data);
    }

    /// A rendered message as an event.
    ///
    /// @param json a frame from [ProtocolCodec#encode(Envelope)]
    /// @param cursor only on a frame that ends a transaction
    public static SseFrame of(String json, Optional<String> cursor) {
        return new SseFrame(Frames.type(json), cursor, json);
    }

    /// The event's text, with the empty line that ends it.
    public String text() {
        StringBuilder out = new StringBuilder(event.length() + data.length() + 64);
        out.append("event: ").append(event).append('\n');
        id.ifPresent(value -> out.append("id: ").append(value).append('\n'));
        return out.append("data: ").append(data).append("\n\n").toString();
    }

    /// A comment, which clients ignore and which keeps the connection open.
    ///
    /// @throws IllegalArgumentException as for an event
    public static String comment(String text) {
        requireOneLine("comment", text);
        return ": " + text + "\n\n";
    }

    /// Tells the client how long to wait before it reconnects.
    public static String retry(Duration delay) {
        return "retry: " + Checks.millis("retry", delay).toMillis() + "\n\n";
    }

    private static void requireOneLine(String field, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\n' || c == '\r' || c == 0) {
                throw new IllegalArgumentException(
                        "The " + field + " of an event must be one line without NUL, but is " + Shown.shortened(value));
            }
        }
    }
}
