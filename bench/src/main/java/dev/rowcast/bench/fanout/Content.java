package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Mark;

/// Messages of applications with a mark, in the protocol's words.
final class Content {

    private static final String BEFORE = "{\"type\":\"CONTENT\",\"payload\":{\"data\":\"";
    private static final String AFTER = "\"}}";

    /// Bytes of the shortest.
    static final int SHORTEST = BEFORE.length() + Mark.SIZE + AFTER.length();

    private Content() {}

    /// @param number in its channel
    /// @param dueUs when it should be published, of [Mark#nowUs]
    /// @param bytes of all of it, [#SHORTEST] at least
    static String json(int channel, long number, long dueUs, int bytes) {
        return BEFORE + Mark.text(channel, number, dueUs, bytes - BEFORE.length() - AFTER.length()) + AFTER;
    }
}
