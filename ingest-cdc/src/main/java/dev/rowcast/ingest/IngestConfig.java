package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// What ingest needs to know.
///
/// @param database the captured one
/// @param bootstrapServers of Kafka, host:port, separated by commas
/// @param registryUrl of the schema registry
/// @param catalog what to capture and what becomes of it
/// @param replication of topics that ingest makes; -1 for the broker's default
/// @param heartbeatEvery how often the heartbeat row is written, 50 ms to 60 s
/// @param readyWithin ingest is ready while the last heartbeat came back within this time
/// @param limits how much of a transaction waits for its commit
/// @param largestRecordBytes what the topics accept; larger rows become dead letters
/// @param clock ours, against which delays are measured
/// @param cacheClock the cache server's clock in ms, carried by heartbeats; empty without a cache
public record IngestConfig(
        DatabaseUrl database,
        String bootstrapServers,
        String registryUrl,
        Catalog catalog,
        short replication,
        Duration heartbeatEvery,
        Duration readyWithin,
        CaptureLimits limits,
        int largestRecordBytes,
        InstantSource clock,
        Supplier<OptionalLong> cacheClock) {

    private static final Duration SHORTEST_BEAT = Duration.ofMillis(50);
    private static final Duration LONGEST_BEAT = Duration.ofSeconds(60);
    private static final Duration QUIET_AT_MOST = Duration.ofSeconds(30);
    /// How often the heartbeat row is written where nobody needs it more often.
    public static final Duration BEAT = Duration.ofSeconds(1);
    /// With caches: what is cached is trusted only while a beat that carried the cache's clock came through lately.
    public static final Duration BEAT_FOR_CACHES = Duration.ofMillis(250);
    /// What Kafka takes by default, with room for its own framing.
    public static final int LARGEST_RECORD_BYTES = 1_000_000;

    public IngestConfig {
        if (heartbeatEvery.compareTo(SHORTEST_BEAT) < 0 || heartbeatEvery.compareTo(LONGEST_BEAT) > 0) {
            throw new IllegalArgumentException(
                    "heartbeatEvery must be %s to %s, is %s".formatted(SHORTEST_BEAT, LONGEST_BEAT, heartbeatEvery));
        }
        if (readyWithin.compareTo(heartbeatEvery) <= 0) {
            throw new IllegalArgumentException(
                    "readyWithin must be longer than heartbeatEvery, is %s".formatted(readyWithin));
        }
        if (largestRecordBytes < 1024) {
            throw new IllegalArgumentException(
                    "largestRecordBytes must be at least 1024, is %d".formatted(largestRecordBytes));
        }
    }

    /// With the defaults: a heartbeat each second, ready within 10 s, transactions of 10,000 rows or 16 MiB
    /// whole.
    public static IngestConfig of(DatabaseUrl database, String bootstrapServers, String registryUrl, Catalog catalog) {
        return new IngestConfig(
                database,
                bootstrapServers,
                registryUrl,
                catalog,
                (short) -1,
                BEAT,
                Duration.ofSeconds(10),
                CaptureLimits.DEFAULT,
                LARGEST_RECORD_BYTES,
                InstantSource.system(),
                OptionalLong::empty);
    }

    /// How long an instance may be quiet until a standby takes the slot from it: 30 s, or three heartbeats.
    Duration takeOverAfter() {
        Duration beats = heartbeatEvery.multipliedBy(3);
        return beats.compareTo(QUIET_AT_MOST) > 0 ? beats : QUIET_AT_MOST;
    }

    /// Topics with this many copies; -1 for the broker's default.
    public IngestConfig withReplication(short copies) {
        return new IngestConfig(
                database,
                bootstrapServers,
                registryUrl,
                catalog,
                copies,
                heartbeatEvery,
                readyWithin,
                limits,
                largestRecordBytes,
                clock,
                cacheClock);
    }

    /// Another pace of the heartbeat.
    public IngestConfig withHeartbeatEvery(Duration every) {
        return new IngestConfig(
                database,
                bootstrapServers,
                registryUrl,
                catalog,
                replication,
                every,
                readyWithin,
                limits,
                largestRecordBytes,
                clock,
                cacheClock);
    }

    /// Other limits of what waits for its commit.
    public IngestConfig withLimits(CaptureLimits transactions) {
        return new IngestConfig(
                database,
                bootstrapServers,
                registryUrl,
                catalog,
                replication,
                heartbeatEvery,
                readyWithin,
                transactions,
                largestRecordBytes,
                clock,
                cacheClock);
    }

    /// Heartbeats that carry the cache server's clock; see [#BEAT_FOR_CACHES] for their pace.
    public IngestConfig withCacheClock(Supplier<OptionalLong> cacheMs) {
        return new IngestConfig(
                database,
                bootstrapServers,
                registryUrl,
                catalog,
                replication,
                heartbeatEvery,
                readyWithin,
                limits,
                largestRecordBytes,
                clock,
                cacheMs);
    }
}
