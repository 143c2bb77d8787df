package dev.rowcast.streams.log;

import dev.rowcast.streams.deadletter.Incoming;
import org.jspecify.annotations.Nullable;

/// One record of `rowcast.changes`.
///
/// @param timestampMs when it was written, milliseconds since 1970
/// @param key the tenant
/// @param eventId what its header `ce_id` says, for a value that cannot be read; absent where there is none
public record LogRecord(
        long offset,
        long timestampMs,
        @Nullable String key,
        Incoming value,
        @Nullable String eventId) {

    public LogRecord(long offset, long timestampMs, @Nullable String key, Incoming value) {
        this(offset, timestampMs, key, value, null);
    }
}
