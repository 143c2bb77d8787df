package dev.rowcast.cache.log;

import dev.rowcast.schemas.topic.Topics;
import java.util.Arrays;
import java.util.OptionalLong;

/// How far a cache partition stands: the oldest of what each partition of `rowcast.changes` said last. A watermark of
/// one of them only speaks for the evictions that it caused. For one thread.
public final class Watermarks {

    private static final long NONE = -1;

    private long[] newest;

    public Watermarks() {
        this(Topics.CHANGES.partitions());
    }

    /// @param inputs how many partitions `rowcast.changes` really has
    public Watermarks(int inputs) {
        newest = new long[inputs];
        clear();
    }

    /// A watermark came by. The last one counts, also when it is earlier than the one before: the clock may have been
    /// set back, or Redis be another server by now.
    ///
    /// @param partition of `rowcast.changes`
    /// @param redisMs Redis' clock before the heartbeat was written
    public void saw(int partition, long redisMs) {
        if (partition >= newest.length) {
            int known = newest.length;
            newest = Arrays.copyOf(newest, partition + 1);
            Arrays.fill(newest, known, newest.length, NONE);
        }
        newest[partition] = redisMs;
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
