package dev.rowcast.bench.subscribers;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/// Reads the times that messages carry. Many clients get the same message, so the last time is kept.
final class Stamps {

    private static final String MEMBER = "\"timestamp\":\"";

    private String lastText = "";
    private long lastMs;

    /// How old a message is; empty when it does not say. Less than 0 when the clocks differ.
    OptionalLong delayMs(String message, long nowMs) {
        int at = message.indexOf(MEMBER);
        int end = at < 0 ? -1 : message.indexOf('"', at + MEMBER.length());
        if (end < 0) {
            return OptionalLong.empty();
        }
        String text = message.substring(at + MEMBER.length(), end);
        if (!text.equals(lastText)) {
            try {
                lastMs = Instant.parse(text).toEpochMilli();
            } catch (DateTimeParseException e) {
                return OptionalLong.empty(); // no time of ours
            }
            lastText = text;
        }
        return OptionalLong.of(nowMs - lastMs);
    }
}
