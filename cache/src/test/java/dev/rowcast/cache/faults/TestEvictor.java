package dev.rowcast.cache.faults;

import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Applied;
import dev.rowcast.cache.shared.Place;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.topic.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Applies the log as the real evictor does. Two of them may run at once: each goes by what Redis says.
final class TestEvictor {

    static final String TOPIC = "topic-1";
    private static final int PIECE = 50;

    private final CommitLog log;
    private final SharedCache cache;
    private final Runnable afterEach;
    private final long[] applied = new long[Topics.EVICTIONS.partitions()];

    /// @param afterEach after each piece that was applied; does nothing, unless a part of the protocol is to be taken
    /// out
    TestEvictor(CommitLog log, SharedCache cache, Runnable afterEach) {
        this.log = log;
        this.cache = cache;
        this.afterEach = afterEach;
        Arrays.fill(applied, -1);
    }

    /// One piece for each partition.
    ///
    /// @return whether anything was done
    boolean turn() throws RedisUnavailableException {
        boolean did = false;
        for (int partition = 0; partition < applied.length; partition++) {
            did |= apply(partition);
        }
        return did;
    }

    private boolean apply(int partition) throws RedisUnavailableException {
        List<CommitLog.Entry> piece = log.from(partition, applied[partition] + 1, PIECE);
        if (piece.isEmpty()) {
            return false;
        }
        long to = applied[partition] + piece.size();
        List<Stale> stale =
                piece.stream().flatMap(entry -> entry.stale().stream()).toList();
        OptionalLong watermark = piece.stream()
                .map(CommitLog.Entry::watermarkMs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
        Applied answer = cache.apply(partition, new Place(TOPIC, applied[partition]), to, watermark, stale);
        switch (answer) {
            case Applied.Ok ok -> {
                applied[partition] = to;
                afterEach.run();
            }
            case Applied.Seek(long offset) -> applied[partition] = offset;
            case Applied.ResetNeeded(Optional<Place> found) -> {
                long back = System.currentTimeMillis() - cache.config().fence().toMillis();
                long begin = log.since(partition, back) - 1;
                applied[partition] =
                        cache.reset(partition, found, new Place(TOPIC, begin)).offset();
            }
        }
        return true;
    }
}
