package dev.rowcast.cache.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalCacheTest {

    private static final TenantId DEMO = new TenantId("demo");
    private static final TenantId OTHER = new TenantId("other");
    private static final Duration X = Duration.ofSeconds(2);
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final CacheKey KEY = new CacheKey(DEMO, "vault:1", "row");
    private static final CacheKey OTHERS = new CacheKey(OTHER, "vault:1", "row");

    private final AtomicLong nanos = new AtomicLong(1);
    private final LocalCache cache = new LocalCache(Duration.ofSeconds(60), 1 << 20, 4, nanos::get);

    @BeforeEach
    void follow() {
        cache.clock(10_000, nanos.get());
        for (int partition = 0; partition < 8; partition++) {
            cache.following(partition, 10);
            cache.watermark(partition, 10_000);
        }
    }

    @Test
    void aValueIsThereUntilItsTagIsEvicted() {
        assertThat(cache.put(KEY, hit(1), 10, LIFE)).isTrue();
        assertThat(cache.get(KEY, X)).isPresent();
        cache.evict(new Stale.Tag(DEMO, "vault:2", 5));
        cache.evict(new Stale.Tag(OTHER, "vault:1", 5));
        assertThat(cache.get(KEY, X)).isPresent();
        cache.evict(new Stale.Tag(DEMO, "vault:1", 5));
        assertThat(cache.get(KEY, X)).isEmpty();
    }

    @Test
    void whatRedisHadBeforeTheLogWasFollowedSoFarIsNotKept() {
        assertThat(cache.put(KEY, hit(1), 9, LIFE)).isFalse();
        assertThat(cache.get(KEY, X)).isEmpty();
    }

    @Test
    void everythingOfATenantOrOfAllCanGo() {
        cache.put(KEY, hit(1), 10, LIFE);
        cache.put(OTHERS, hit(1), 10, LIFE);
        cache.evict(new Stale.Everything(Optional.of(DEMO), 0, 11));
        assertThat(cache.get(KEY, X)).isEmpty();
        assertThat(cache.get(OTHERS, X)).isPresent();
        cache.evict(new Stale.Everything(Optional.empty(), 0, 12));
        assertThat(cache.get(OTHERS, X)).isEmpty();
    }

    @Test
    void nothingIsTrustedOnceTheWatermarkIsOlderThanTheReaderAllows() {
        cache.put(KEY, hit(1), 10, LIFE);
        nanos.addAndGet(Duration.ofMillis(1_990).toNanos());
        assertThat(cache.get(KEY, X)).isPresent();
        assertThat(cache.get(KEY, Duration.ofMillis(500))).isEmpty();
        nanos.addAndGet(Duration.ofMillis(20).toNanos());
        assertThat(cache.get(KEY, X)).isEmpty();
        cache.watermark(KEY.partition(), 12_000);
        assertThat(cache.get(KEY, X)).isPresent();
    }

    @Test
    void aValueLivesNoLongerHereThanItsOwnLifeNorThanAnyValueMay() {
        cache.put(KEY, hit(1), 10, Duration.ofSeconds(1));
        cache.put(OTHERS, hit(1), 10, LIFE);
        assertThat(livesFor(KEY, Duration.ofMillis(999))).isTrue();
        assertThat(livesFor(KEY, Duration.ofMillis(1))).isFalse();
        assertThat(livesFor(OTHERS, Duration.ofMillis(58_999))).isTrue();
        assertThat(livesFor(OTHERS, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void aWatermarkOfAClockThatIsAheadIsNotTrusted() {
        cache.put(KEY, hit(1), 10, LIFE);
        cache.watermark(KEY.partition(), 10_100);
        assertThat(cache.get(KEY, X)).isEmpty();
        nanos.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(cache.get(KEY, X)).isPresent();
    }

    @Test
    void aProcessThatLostTheLogKeepsAndTrustsNothing() {
        cache.put(KEY, hit(1), 10, LIFE);
        cache.lost();
        assertThat(cache.get(KEY, X)).isEmpty();
        assertThat(cache.put(KEY, hit(1), 10, LIFE)).isFalse();
    }

    @Test
    void aTagHasSoManyValuesAndNoMore() {
        for (int i = 0; i < 5; i++) {
            cache.put(new CacheKey(DEMO, "vault:1", "page=" + i), hit(i), 10, LIFE);
        }
        assertThat(cache.get(new CacheKey(DEMO, "vault:1", "page=0"), X)).isEmpty();
        assertThat(cache.get(new CacheKey(DEMO, "vault:1", "page=4"), X)).isPresent();
    }

    @Test
    void aValueThatIsPutInWhileItsTagIsEvictedNeverStays() throws Exception {
        AtomicLong evicted = new AtomicLong(10);
        Thread follower = Thread.ofPlatform().start(() -> {
            for (long offset = 11; offset < 60_000; offset++) {
                cache.following(KEY.partition(), offset);
                cache.evict(new Stale.Tag(DEMO, "vault:1", offset));
                evicted.set(offset); // as the watermark does
                if (offset % 64 == 0) {
                    LockSupport.parkNanos(1); // so that the others put something in between
                }
            }
        });
        long found = 0;
        long stale = 0;
        while (follower.isAlive()) {
            // A value as Redis has it at some offset that it has applied.
            long offset = evicted.get();
            cache.put(KEY, hit(offset), offset, LIFE);
            long before = evicted.get();
            Optional<LocalCache.Hit> hit = cache.get(KEY, X);
            if (hit.isPresent()) {
                found++;
                stale += ByteBuffer.wrap(hit.get().value()).getLong() < before ? 1 : 0;
            }
        }
        assertThat(found).isPositive();
        assertThat(stale).isZero();
    }

    /// Whether it is there after this, of which the log is followed all the time.
    private boolean livesFor(CacheKey key, Duration time) {
        nanos.addAndGet(time.toNanos());
        cache.watermark(key.partition(), 10_000 + (nanos.get() - 1) / 1_000_000);
        return cache.get(key, X).isPresent();
    }

    private static LocalCache.Hit hit(long offset) {
        return new LocalCache.Hit(
                ByteBuffer.allocate(Long.BYTES).putLong(offset).array(), Snapshot.parse("1:1:"));
    }
}
