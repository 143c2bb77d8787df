package dev.rowcast.streams.log;

import dev.rowcast.streams.deadletter.Incoming;
import org.jspecify.annotations.Nullable;

/// One record of `rowcast.changes`.
///
/// @param timestampMs when it was written, milliseconds since 1970
/// @param key the tenant
public record LogRecord(
        long offset, long timestampMs, @Nullable String key, Incoming value) {}
