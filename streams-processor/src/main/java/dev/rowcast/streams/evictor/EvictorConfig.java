package dev.rowcast.streams.evictor;

import java.time.Duration;

/// How evictions get from the log to the caches.
///
/// @param bootstrapServers of Kafka
/// @param registryUrl of a schema registry that speaks Confluent's REST API
/// @param group the consumer group; it divides partitions among processes and keeps no positions
/// @param mostStale tags and tenants that one script makes stale, at least 1
/// @param look how often topics, lag and clock are looked at, besides; at least 10 ms
public record EvictorConfig(String bootstrapServers, String registryUrl, String group, int mostStale, Duration look) {

    private static final Duration SHORTEST_LOOK = Duration.ofMillis(10);

    public EvictorConfig {
        if (mostStale < 1) {
            throw new IllegalArgumentException("mostStale must be at least 1, is " + mostStale);
        }
        if (look.compareTo(SHORTEST_LOOK) < 0) {
            throw new IllegalArgumentException("look must be at least 10 ms, is " + look);
        }
    }

    /// The group `rowcast-evictor`, 500 tags at a time, a look each second.
    public static EvictorConfig of(String bootstrapServers, String registryUrl) {
        return new EvictorConfig(bootstrapServers, registryUrl, "rowcast-evictor", 500, Duration.ofSeconds(1));
    }

    public EvictorConfig withGroup(String other) {
        return new EvictorConfig(bootstrapServers, registryUrl, other, mostStale, look);
    }

    public EvictorConfig withMostStale(int other) {
        return new EvictorConfig(bootstrapServers, registryUrl, group, other, look);
    }

    public EvictorConfig withLook(Duration other) {
        return new EvictorConfig(bootstrapServers, registryUrl, group, mostStale, other);
    }
}
