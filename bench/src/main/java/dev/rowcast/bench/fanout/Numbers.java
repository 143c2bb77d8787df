package dev.rowcast.bench.fanout;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the messages of each tenant's channels, without gaps.
final class Numbers {

    private record Key(String tenant, int channel) {}

    private final Map<Key, AtomicLong> next = new ConcurrentHashMap<>();

    long take(String tenant, int channel) {
        return counter(tenant, channel).getAndIncrement();
    }

    long next(String tenant, int channel) {
        return counter(tenant, channel).get();
    }

    private AtomicLong counter(String tenant, int channel) {
        return next.computeIfAbsent(new Key(tenant, channel), unseen -> new AtomicLong());
    }
}
