package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Watermark;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Heartbeats carry the clock of the caches' server")
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REDIS, Part.REGISTRY})
class CacheClockTest {

    private static final int PARTITIONS = 8;

    @Test
    void everyPartitionIsToldTheClockAsItMovesOn(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                CacheClock clock = opened(parts)) {
            long before = now(clock);
            try (Ingest ingest = start(world, clock)) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    int here = partition;
                    world.changes.until(records -> times(records, here).size() >= 3);
                }
                long after = now(clock);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    assertThat(times(world.changes.records(), partition))
                            .isSorted()
                            .allSatisfy(time -> assertThat(time).isBetween(before, after));
                }
            }
        }
    }

    @Test
    @Timeout(120)
    void withoutTheServerHeartbeatsGoOnAndCarryNone(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                CacheClock clock = opened(parts);
                Ingest ingest = start(world, clock)) {
            world.changes.until(records -> !times(records, 0).isEmpty());
            double restarts = restarts(world);
            parts.redis().kill();
            try {
                int without = watermarks(world.changes.records())
                        .filter(mark -> mark.getRedisMs() == null)
                        .toList()
                        .size();
                world.changes.until(records -> watermarks(records)
                                .filter(mark -> mark.getRedisMs() == null)
                                .count()
                        > without + 10 * PARTITIONS);
                assertThat(ingest.ready()).isTrue();
            } finally {
                parts.redis().start();
            }
            int with = times(world.changes.records(), 0).size();
            world.changes.until(records -> times(records, 0).size() > with);
            assertThat(restarts(world)).isEqualTo(restarts);
        }
    }

    private static double restarts(World world) {
        return world.meters.get("rowcast.ingest.restarts").counter().count();
    }

    @Test
    void aServerThatIsNoneIsRefused() {
        assertThatThrownBy(() -> CacheClock.of(Optional.of(RedisConfig.of("http://nowhere"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static CacheClock opened(EmbeddedParts parts) {
        CacheClock clock =
                CacheClock.of(Optional.of(RedisConfig.of(parts.redis().url())));
        now(clock);
        return clock;
    }

    private static long now(CacheClock clock) {
        return await().atMost(World.PATIENCE)
                .until(clock::get, OptionalLong::isPresent)
                .getAsLong();
    }

    private static Ingest start(World world, CacheClock clock) {
        return world.startReady(world.config().withCacheClock(clock).withHeartbeatEvery(Duration.ofMillis(100)));
    }

    private static List<Long> times(List<ConsumerRecord<String, Change>> records, int partition) {
        return watermarks(records.stream()
                        .filter(record -> record.partition() == partition)
                        .toList())
                .filter(mark -> mark.getRedisMs() != null)
                .map(Watermark::getRedisMs)
                .toList();
    }

    private static Stream<Watermark> watermarks(List<ConsumerRecord<String, Change>> records) {
        return records.stream()
                .filter(record -> record.value().getBody() instanceof Watermark)
                .map(record -> (Watermark) record.value().getBody());
    }
}
