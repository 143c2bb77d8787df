package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.CloseCode;

/// Why a connection ended. Each ends with exactly one; its label is the tag of metrics and logs.
public sealed interface CloseCause {

    /// Too much waited for the client.
    CloseCause TOO_SLOW = new Ours(CloseCode.SLOW_CONSUMER);

    /// The tag: lower case, underscores.
    String label();

    /// The WebSocket close code.
    int code();

    /// One sentence for people.
    String reason();

    /// The client left, or its network did.
    record Left() implements CloseCause {
        @Override
        public String label() {
            return "client_left";
        }

        @Override
        public int code() {
            return 1000;
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /// A long-poll has its answer; the client asks again.
    record Answered() implements CloseCause {
        @Override
        public String label() {
            return "answered";
        }

        @Override
        public int code() {
            return 1000;
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /// One of ours.
    record Ours(CloseCode closeCode) implements CloseCause {
        @Override
        public String label() {
            return closeCode.label();
        }

        @Override
        public int code() {
            return closeCode.code();
        }

        @Override
        public String reason() {
            return closeCode.meaning();
        }
    }

    /// The client broke RFC 6455, whose own code says how: 1002, 1003, 1007 or 1009.
    record Broken(int code, String label, String reason) implements CloseCause {
        public static final Broken FRAMING = new Broken(1002, "bad_framing", "The frame is not as RFC 6455 wants it.");
        public static final Broken NOT_TEXT = new Broken(1003, "not_text", "Send text frames; the protocol is JSON.");
        public static final Broken NOT_UTF8 = new Broken(1007, "not_utf8", "The text is not UTF-8.");
        public static final Broken TOO_MANY_FRAGMENTS =
                new Broken(1009, "too_many_fragments", "The message has more fragments than the limit.");
        public static final Broken TOO_LONG = new Broken(1009, "too_long", "The message is longer than the limit.");
    }
}
