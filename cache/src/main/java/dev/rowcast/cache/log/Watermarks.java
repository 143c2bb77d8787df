package dev.rowcast.cache.log;

import dev.rowcast.schemas.topic.Topics;
import java.util.Arrays;
import java.util.OptionalLong;

/// How far a cache partition stands: the oldest of what each partition of `rowcast.changes` said last. A watermark of
/// one of them only speaks for the evictions that it caused. For one thread.
public final class Watermarks {

    private static final long NONE = -1;

    private final long[] newest = new long[Topics.CHANGES.partitions()];

    public Watermarks() {
        clear();
    }

    /// A watermark came by.
    ///
    /// @param partition of `rowcast.changes`
    /// @param redisMs Redis' clock before the heartbeat was written
    public void saw(int partition, long redisMs) {
        newest[partition] = Math.max(newest[partition], redisMs);
    }

    /// Everything committed before this time is evicted; empty until all partitions have said something.
    public OptionalLong oldest() {
        long oldest = Arrays.stream(newest).min().orElse(NONE);
        return oldest == NONE ? OptionalLong.empty() : OptionalLong.of(oldest);
    }

    /// The log is read from elsewhere: what was said there does not count.
    public void clear() {
        Arrays.fill(newest, NONE);
    }
}
