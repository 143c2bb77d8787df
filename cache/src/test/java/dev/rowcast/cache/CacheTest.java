package dev.rowcast.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.local.LocalProbe;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.Connected;
import dev.rowcast.cache.shared.FakeEvictor;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsParts(Part.REDIS)
class CacheTest {

    private static final TenantId DEMO = new TenantId("demo");
    private static final CacheKey KEY = new CacheKey(DEMO, "vault:1", "row");
    /// There is one watermark, from the start of a test.
    private static final Freshness FRESH = Freshness.within(Duration.ofMinutes(1));
    private static final int STORM = 200;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger loads = new AtomicInteger();
    private final Redis redis;
    private RedisLink link;
    private SharedCache shared;
    private FakeEvictor evictor;
    private Cache cache;

    CacheTest(Redis redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() throws Exception {
        link = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(Duration.ofSeconds(5)));
        Connected.await(link);
        shared = new SharedCache(
                link,
                SharedCacheConfig.DEFAULTS.withNamespace(
                        "c" + UUID.randomUUID().toString().substring(0, 8)));
        evictor = new FakeEvictor(shared, link);
        evictor.reset();
        evictor.evict();
        cache = new Cache(Optional.of(shared), Optional.empty(), CacheConfig.DEFAULTS, meters);
    }

    @AfterEach
    void close() {
        link.close();
    }

    @Test
    void aMissBringsTheValueAndTheNextReaderFindsIt() throws Exception {
        assertThat(get(FRESH, "one", "10:10:").status()).isEqualTo(CacheStatus.MISS);
        Cached second = get(FRESH, "two", "10:10:");
        assertThat(second.status()).isEqualTo(CacheStatus.HIT_L2);
        assertThat(text(second)).isEqualTo("one");
        assertThat(loads).hasValue(1);
    }

    @Test
    void whatWasEvictedIsReadAgain() throws Exception {
        get(FRESH, "one", "10:10:");
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 12));
        assertThat(text(get(FRESH, "two", "13:13:"))).isEqualTo("two");
    }

    @Test
    void aReaderWhoWantsNothingFromCachesAsksTheDatabase() throws Exception {
        get(FRESH, "one", "10:10:");
        Cached answer = get(Freshness.within(Duration.ZERO), "two", "10:10:");
        assertThat(answer.status()).isEqualTo(CacheStatus.BYPASS);
        assertThat(text(answer)).isEqualTo("two");
    }

    @Test
    void aReaderSeesItsOwnWriteThoughItWasNotEvictedYet() throws Exception {
        get(FRESH, "one", "10:10:");
        Cached answer = get(FRESH.after(10), "two", "11:11:");
        assertThat(answer.status()).isEqualTo(CacheStatus.BYPASS);
        assertThat(text(answer)).isEqualTo("two");
        assertThat(get(FRESH.after(9), "three", "11:11:").status()).isEqualTo(CacheStatus.HIT_L2);
    }

    @Test
    void oneReadingOfTheDatabaseServesAllWhoAskMeanwhile() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Cached>> readers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                readers.add(threads.submit(() -> cache.get(KEY, FRESH, () -> {
                    loads.incrementAndGet();
                    answered.await();
                    return loaded("one", "10:10:");
                })));
            }
            answered.countDown();
            for (Future<Cached> reader : readers) {
                assertThat(text(reader.get())).isEqualTo("one");
            }
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void inAStormOfReadersWhoWantNothingFromCachesOneReadsAtATimeAndEachAnswerIsYoungEnough() throws Exception {
        Cache bare = new Cache(Optional.empty(), Optional.empty(), CacheConfig.DEFAULTS, meters);
        for (Map.Entry<Cache, Freshness> each :
                List.of(Map.entry(cache, Freshness.within(Duration.ZERO)), Map.entry(bare, FRESH))) {
            loads.set(0);
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch all = new CountDownLatch(STORM);
            AtomicInteger atOnce = new AtomicInteger();
            AtomicInteger mostAtOnce = new AtomicInteger();
            Loader<InterruptedException> loader = () -> {
                long began = System.nanoTime();
                loads.incrementAndGet();
                mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                reading.countDown();
                all.await();
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos()); // which a database may take
                atOnce.decrementAndGet();
                return loaded(Long.toString(began), "10:10:");
            };
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Cached> first = threads.submit(() -> each.getKey().get(KEY, each.getValue(), loader));
                reading.await();
                long asked = System.nanoTime();
                List<Future<Cached>> storm = new ArrayList<>();
                for (int i = 0; i < STORM; i++) {
                    storm.add(threads.submit(() -> {
                        all.countDown();
                        return each.getKey().get(KEY, each.getValue(), loader);
                    }));
                }
                first.get();
                for (Future<Cached> reader : storm) {
                    long readAt = Long.parseLong(text(reader.get()));
                    assertThat(readAt)
                            .isGreaterThanOrEqualTo(
                                    asked - each.getValue().maxStale().toNanos());
                }
            }
            assertThat(loads.get()).isLessThan(STORM / 4);
            assertThat(mostAtOnce.get()).isLessThan(STORM / 10);
        }
    }

    @Test
    void aReadingThatTakesLongIsNotWaitedForInVain() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Cached> stuck = threads.submit(() -> cache.get(KEY, Freshness.within(Duration.ZERO), () -> {
                reading.countDown();
                never.await();
                return loaded("old", "10:10:");
            }));
            reading.await();
            assertThat(text(get(Freshness.within(Duration.ZERO), "new", "10:10:")))
                    .isEqualTo("new");
            never.countDown();
            assertThat(text(stuck.get())).isEqualTo("old");
        }
    }

    @Test
    void oneQuestionToRedisServesAllWhoAskMeanwhile() throws Exception {
        get(FRESH, "one", "10:10:");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Cached>> readers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                readers.add(threads.submit(() -> get(FRESH, "two", "10:10:")));
            }
            int collapsed = 0;
            for (Future<Cached> reader : readers) {
                assertThat(reader.get().status()).isEqualTo(CacheStatus.HIT_L2);
                collapsed += reader.get().detail().equals("collapsed") ? 1 : 0;
            }
            assertThat(collapsed).isPositive();
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void aReadingThatFailsIsToldAndTheNextOneIsTried() throws Exception {
        assertThatThrownBy(() -> cache.get(KEY, FRESH, () -> {
                    throw new IOException("database is away");
                }))
                .isInstanceOf(IOException.class);
        assertThat(text(get(FRESH.after(1), "one", "10:10:"))).isEqualTo("one");
    }

    @Test
    void nobodyWaitsForAReadingThatFailed() {
        assertThatThrownBy(() -> cache.get(KEY, FRESH, () -> {
                    throw new IOException("database is away");
                }))
                .isInstanceOf(IOException.class);
        assertThat(get(FRESH, "one", "10:10:").detail()).isEqualTo("stored");
    }

    @Test
    void whoWaitedForAReadingThatFailsReadsForHimself() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Cached> first = threads.submit(() -> cache.get(KEY, FRESH, () -> {
                reading.countDown();
                joined.await();
                throw new IOException("database is away");
            }));
            reading.await();
            CompletableFuture<Cached> second = new CompletableFuture<>();
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    second.complete(get(FRESH, "one", "10:10:"));
                } catch (RuntimeException e) {
                    second.completeExceptionally(e);
                }
            });
            Awaitility.await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
            joined.countDown();
            assertThatThrownBy(first::get).hasCauseInstanceOf(IOException.class);
            assertThat(text(second.get())).isEqualTo("one");
        }
    }

    @Test
    void withoutRedisEverythingIsReadFromTheDatabase() throws Exception {
        Cache bare = new Cache(Optional.empty(), Optional.empty(), CacheConfig.DEFAULTS, meters);
        Cached answer = bare.get(KEY, FRESH, () -> loaded("one", "10:10:"));
        assertThat(answer.status()).isEqualTo(CacheStatus.BYPASS);
        assertThat(answer.detail()).isEqualTo("off");
    }

    @Test
    void whatRedisHadIsKeptHereOnlyIfRedisWasAsFarAsThisProcess() throws Exception {
        LocalCache local = new LocalCache(Duration.ofMinutes(1), 1 << 20, 256, System::nanoTime);
        LocalProbe probe = new LocalProbe(local, link);
        cache = new Cache(Optional.of(shared), Optional.of(local), CacheConfig.DEFAULTS, meters);
        probe.follow(KEY.partition(), evictor.offset());
        get(FRESH, "one", "10:10:");
        assertThat(get(FRESH, "two", "10:10:").status()).isEqualTo(CacheStatus.HIT_L1);
        probe.follow(KEY.partition(), evictor.offset() + 1, new Stale.Tag(DEMO, "vault:1", 12));
        assertThat(get(FRESH, "two", "10:10:").status()).isEqualTo(CacheStatus.HIT_L2);
        assertThat(get(FRESH, "two", "10:10:").status()).isEqualTo(CacheStatus.HIT_L2);
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 12));
        get(FRESH, "two", "13:13:");
        Cached last = get(FRESH, "three", "13:13:");
        assertThat(last.status()).isEqualTo(CacheStatus.HIT_L1);
        assertThat(text(last)).isEqualTo("two");
    }

    @Test
    void whatRedisKeepsForAShortTimeIsNotKeptHereForLongerWhoeverBroughtIt() throws Exception {
        Duration life = Duration.ofSeconds(20);
        Freshness ofAnyAge = Freshness.within(Duration.ofHours(1));
        for (boolean broughtHere : List.of(true, false)) {
            AtomicLong later = new AtomicLong();
            LocalCache local = new LocalCache(Duration.ofMinutes(1), 1 << 20, 4, () -> System.nanoTime() + later.get());
            Cache here = new Cache(Optional.of(shared), Optional.of(local), CacheConfig.DEFAULTS, meters);
            CacheKey key = new CacheKey(DEMO, "vault:1", "brought here: " + broughtHere);
            new LocalProbe(local, link).follow(key.partition(), evictor.offset());
            (broughtHere ? here : cache).get(key, ofAnyAge, life, () -> loaded("one", "10:10:"));
            here.get(key, ofAnyAge, life, () -> loaded("two", "10:10:"));
            assertThat(here.get(key, ofAnyAge, life, () -> loaded("two", "10:10:"))
                            .status())
                    .isEqualTo(CacheStatus.HIT_L1);
            later.set(Duration.ofSeconds(24).toNanos()); // more than 20 s and the 15 % that it may be longer
            assertThat(here.get(key, ofAnyAge, life, () -> loaded("two", "10:10:"))
                            .status())
                    .isEqualTo(CacheStatus.HIT_L2);
        }
    }

    private Cached get(Freshness freshness, String value, String snapshot) {
        return cache.get(KEY, freshness, () -> {
            loads.incrementAndGet();
            return loaded(value, snapshot);
        });
    }

    private static Loaded loaded(String value, String snapshot) {
        return new Loaded(value.getBytes(StandardCharsets.UTF_8), Snapshot.parse(snapshot));
    }

    private static String text(Cached cached) {
        return new String(cached.value(), StandardCharsets.UTF_8);
    }
}
