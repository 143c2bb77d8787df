package dev.rowcast.streams.evictor;

import java.util.Locale;

/// Why nothing is evicted at present.
///
/// @param cause which part is at fault
/// @param reason for people
public record Trouble(Cause cause, String reason) {

    /// Which part is at fault; the label of a metric.
    public enum Cause {
        /// It does not answer, or refuses.
        REDIS,
        /// It does not answer, or refuses, or the topic is not there.
        KAFKA,
        /// It does not answer, and a schema is needed that was never met.
        REGISTRY,
        /// A fault of ours.
        OURS;

        /// As metrics and health write it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
