package dev.rowcast.streams.evictor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.Lookup;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.tenant.TenantId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("P5: while Redis and evictors fail, no hit lacks what was committed longer ago than its reader allows")
@NeedsParts({Part.KAFKA, Part.REDIS, Part.REGISTRY})
class EvictorFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BOUND = Duration.ofMillis(500);
    /// Redis' clock is read in whole milliseconds, at both ends.
    private static final long ROUNDED_NANOS = 2_000_000;
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final int TAGS = 32;
    private static final int FAULTS = 8;

    private final EmbeddedParts parts;
    private final String namespace = "f" + UUID.randomUUID().toString().substring(0, 8);
    private final Queue<String> stale = new ConcurrentLinkedQueue<>();
    private final AtomicLong hits = new AtomicLong();
    private volatile boolean over;

    EvictorFaultsTest(EmbeddedParts parts) {
        this.parts = parts;
    }

    /// Rows with a counter each, of which it is known when each count was committed.
    private static final class Rows {

        private final EvictionLog log;
        private final List<List<Long>> committedNanos = new ArrayList<>();
        private long xid = 1_000_000;

        Rows(EvictionLog log) {
            this.log = log;
            for (int row = 0; row < TAGS; row++) {
                committedNanos.add(new ArrayList<>());
            }
        }

        synchronized void change(int row) {
            log.evict(tag(row), ++xid);
            committedNanos.get(row).add(System.nanoTime());
        }

        synchronized int count(int row) {
            return committedNanos.get(row).size();
        }

        synchronized Snapshot snapshot() {
            return Snapshot.parse((xid + 1) + ":" + (xid + 1) + ":");
        }

        /// The count that was committed before a time.
        synchronized int countAt(int row, long nanos) {
            List<Long> times = committedNanos.get(row);
            int count = times.size();
            while (count > 0 && times.get(count - 1) - nanos >= 0) {
                count--;
            }
            return count;
        }

        static String tag(int row) {
            return "row:" + row;
        }
    }

    @Test
    @Timeout(300)
    void noHitIsStalerThanItsReaderAllows() throws Exception {
        long seed = Long.getLong("rowcast.seed", System.nanoTime());
        Random random = new Random(seed);
        try (RedisLink redis =
                        RedisLink.open(RedisConfig.of(parts.redis().url()).withTimeout(Duration.ofSeconds(1)));
                EvictionLog log = new EvictionLog(parts.kafka(), parts.registry(), redis)) {
            SharedCache cache = new SharedCache(redis, SharedCacheConfig.DEFAULTS.withNamespace(namespace));
            Rows rows = new Rows(log);
            log.beating(Duration.ofMillis(50));
            List<Thread> threads = List.of(
                    start(() -> write(rows, new Random(seed))),
                    start(() -> read(rows, cache, new Random(seed + 1))),
                    start(() -> read(rows, cache, new Random(seed + 2))));
            Evictor evictor = start(redis, cache, "rowcast-evictor");
            try {
                for (int number = 0; number < FAULTS; number++) {
                    awaitHits(500, seed);
                    switch (number % 4) {
                        case 0 -> redisDirectly(connection -> connection.sync().flushall());
                        case 1 -> staleReplica(random);
                        case 2 -> {
                            evictor = withZombie(evictor, redis, cache);
                        }
                        default -> {
                            parts.redis().kill();
                            pause(random);
                            parts.redis().start();
                        }
                    }
                }
                awaitHits(500, seed);
            } finally {
                over = true;
                for (Thread thread : threads) {
                    thread.join(PATIENCE);
                }
                evictor.close();
            }
            assertThat(stale).as("seed %d, %d hits", seed, hits.get()).isEmpty();
        }
    }

    private void awaitHits(int more, long seed) {
        long until = hits.get() + more;
        await("seed " + seed).atMost(PATIENCE).until(() -> hits.get() >= until);
    }

    /// What Redis has is by now, all at once, what it had a moment ago.
    private void staleReplica(Random random) {
        redisDirectly(connection -> {
            Map<String, byte[]> copy = Copies.take(connection, namespace);
            pause(random);
            Copies.restore(connection, namespace, copy);
        });
    }

    /// Another one that believes to be the only one; the first ends meanwhile.
    private Evictor withZombie(Evictor first, RedisLink redis, SharedCache cache) {
        Evictor zombie = start(redis, cache, "rowcast-evictor-zombie");
        awaitHits(500, 0);
        first.close();
        Evictor next = start(redis, cache, "rowcast-evictor");
        awaitHits(500, 0);
        zombie.close();
        return next;
    }

    private Evictor start(RedisLink redis, SharedCache cache, String group) {
        EvictorConfig config = EvictorConfig.of(
                        parts.kafka().bootstrapServers(), parts.registry().url())
                .withLook(Duration.ofMillis(50))
                .withMostStale(100)
                .withGroup(group);
        return Evictor.start(config, redis, cache, new SimpleMeterRegistry());
    }

    private void write(Rows rows, Random random) {
        while (!over) {
            rows.change(random.nextInt(TAGS));
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(20)).toNanos());
        }
    }

    private void read(Rows rows, SharedCache cache, Random random) {
        while (!over) {
            int row = random.nextInt(TAGS);
            CacheKey key = new CacheKey(new TenantId(EvictionLog.TENANT), Rows.tag(row), "");
            long began = System.nanoTime();
            switch (cache.read(key, BOUND)) {
                case Lookup.Hit hit -> {
                    hits.incrementAndGet();
                    int due = rows.countAt(row, began - BOUND.toNanos() - ROUNDED_NANOS);
                    int had = ByteBuffer.wrap(hit.value()).getInt();
                    if (had < due) {
                        stale.add("row %d: %d instead of %d".formatted(row, had, due));
                    }
                }
                case Lookup.Fill lease -> {
                    // The snapshot is the older one, as it is with a database.
                    Snapshot snapshot = rows.snapshot();
                    int count = rows.count(row);
                    if (random.nextInt(10) == 0) {
                        pause(random);
                    }
                    byte[] value =
                            ByteBuffer.allocate(Integer.BYTES).putInt(count).array();
                    cache.fill(key, lease, value, snapshot, LIFE);
                }
                case Lookup.Wait wait -> Thread.onSpinWait();
                case Lookup.Bypass bypass ->
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }
    }

    private static void pause(Random random) {
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(300)).toNanos());
    }

    private static Thread start(Runnable work) {
        return Thread.ofPlatform().daemon().name("faults").start(work);
    }

    private void redisDirectly(Consumer<StatefulRedisConnection<String, byte[]>> work) {
        RedisClient client = RedisClient.create(parts.redis().url());
        try (StatefulRedisConnection<String, byte[]> connection = client.connect(Copies.CODEC)) {
            work.accept(connection);
        } finally {
            client.shutdown();
        }
    }
}
