package dev.rowcast.cache.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsParts(Part.REDIS)
class SharedCacheTest {

    private static final Duration X = Duration.ofMinutes(1);
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final TenantId DEMO = new TenantId("demo");

    private final CacheKey key = new CacheKey(DEMO, "vault:1", "row");
    private final int partition = key.partition();
    private final Redis redis;
    private RedisLink link;
    private SharedCache cache;
    private FakeEvictor evictor;

    SharedCacheTest(Redis redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() {
        link = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(Duration.ofSeconds(5)));
        Connected.await(link);
        cache = new SharedCache(
                link,
                SharedCacheConfig.DEFAULTS.withNamespace(
                        "t" + UUID.randomUUID().toString().substring(0, 8)));
        evictor = new FakeEvictor(cache, link);
    }

    @AfterEach
    void close() {
        link.close();
    }

    @Test
    void nothingIsTrustedBeforeTheCacheKnowsItsPlaceInTheLogAndAWatermarkCame() throws Exception {
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Bypass(Lookup.Reason.UNKNOWN));
        evictor.reset();
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Bypass(Lookup.Reason.CATCHING_UP));
        evictor.evictAt(link.clockMs() - X.toMillis() - 1_000);
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Bypass(Lookup.Reason.LATE));
        evictor.evictAt(link.clockMs() + 60_000);
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Bypass(Lookup.Reason.AHEAD));
        evictor.evict();
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void aValueIsKeptForOthersUntilItsTagIsEvicted() throws Exception {
        begin();
        assertThat(fill(cache.read(key, X), "one", "10:20:")).isEqualTo(new Kept.Yes(evictor.offset()));
        assertThat(cache.read(key, X)).isInstanceOfSatisfying(Lookup.Hit.class, hit -> {
            assertThat(text(hit.value())).isEqualTo("one");
            assertThat(hit.snapshot()).isEqualTo(Snapshot.parse("10:20:"));
            assertThat(hit.offset()).isEqualTo(evictor.offset());
        });
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 30));
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void whileOneBringsAValueOthersWait() throws Exception {
        begin();
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Wait());
        assertThat(cache.read(new CacheKey(DEMO, "vault:1", "other"), X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void whatWasEvictedWhileItWasReadIsNotKept() throws Exception {
        begin();
        Lookup lease = cache.read(key, X);
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 15));
        assertThat(fill(lease, "old", "10:20:15")).isEqualTo(new Kept.No(Kept.Reason.LEASE_LOST));
    }

    @Test
    void aTransactionThatReadersCannotSeeYetFencesTheValueThatLacksIt() throws Exception {
        begin();
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 15));
        assertThat(fill(cache.read(key, X), "old", "10:20:15")).isEqualTo(new Kept.No(Kept.Reason.FENCED));
        assertThat(fill(cache.read(key, X), "old", "10:15:")).isEqualTo(new Kept.No(Kept.Reason.FENCED));
        assertThat(fill(cache.read(key, X), "new", "10:20:12")).isEqualTo(new Kept.Yes(evictor.offset()));
    }

    @Test
    void manyFencesAreTakenTogetherAsTheLastAlsoAroundTheEndOfTransactionIds() throws Exception {
        begin();
        long first = 4_294_967_290L;
        for (int i = 0; i < 70; i++) {
            evictor.evict(new Stale.Tag(DEMO, "vault:1", (first + i) % (1L << 32)));
        }
        assertThat(fill(cache.read(key, X), "old", "4294967290:60:")).isEqualTo(new Kept.No(Kept.Reason.FENCED));
        assertThat(fill(cache.read(key, X), "new", "70:80:")).isEqualTo(new Kept.Yes(evictor.offset()));
    }

    @Test
    void everythingOfATenantCanBeStaleAndNothingOfAnother() throws Exception {
        begin();
        CacheKey others = new CacheKey(new TenantId(other(partition)), "vault:1", "row");
        fill(cache.read(key, X), "mine", "10:20:");
        fill(cache.read(others, X), others, "theirs", "10:20:");
        evictor.evict(new Stale.Everything(Optional.of(DEMO), 25, evictor.offset() + 1));
        assertThat(cache.read(others, X)).isInstanceOf(Lookup.Hit.class);
        Lookup lease = cache.read(key, X);
        assertThat(fill(lease, "old", "10:20:")).isEqualTo(new Kept.No(Kept.Reason.FENCED));
        assertThat(fill(cache.read(key, X), "new", "26:26:")).isEqualTo(new Kept.Yes(evictor.offset()));
        evictor.evict(new Stale.Everything(Optional.empty(), 0, evictor.offset() + 1));
        assertThat(cache.read(others, X)).isInstanceOf(Lookup.Fill.class);
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void anUnknownTransactionFencesWhatWasBegunBeforeIt() throws Exception {
        begin();
        Lookup lease = cache.read(key, X);
        evictor.evict(new Stale.Everything(Optional.of(DEMO), 0, evictor.offset() + 1));
        assertThat(fill(lease, "old", "90:90:")).isEqualTo(new Kept.No(Kept.Reason.FENCED));
        Connected.awaitTick(link);
        assertThat(fill(cache.read(key, X), "new", "90:90:")).isEqualTo(new Kept.Yes(evictor.offset()));
    }

    @Test
    void onlyTheNextPieceOfTheLogIsApplied() throws Exception {
        begin();
        evictor.evict();
        evictor.evict();
        Place zombie = new Place(FakeEvictor.TOPIC, evictor.offset() - 1);
        assertThat(cache.apply(partition, zombie, evictor.offset(), OptionalLong.empty(), List.of()))
                .isEqualTo(new Applied.Seek(evictor.offset()));
        Place elsewhere = new Place("topic-2", evictor.offset());
        assertThat(cache.apply(partition, elsewhere, evictor.offset() + 1, OptionalLong.empty(), List.of()))
                .isEqualTo(new Applied.ResetNeeded(Optional.of(new Place(FakeEvictor.TOPIC, evictor.offset()))));
    }

    @Test
    void aResetMakesAllThatWasKeptUnreadableAndOnlyOneOfTwoDoesIt() throws Exception {
        begin();
        fill(cache.read(key, X), "one", "10:20:");
        CacheKey late = new CacheKey(DEMO, "vault:1", "late");
        Lookup lease = cache.read(late, X);
        Optional<Place> found = Optional.of(new Place(FakeEvictor.TOPIC, evictor.offset()));
        assertThat(cache.reset(partition, found, new Place("topic-2", 7))).isEqualTo(new Place("topic-2", 7));
        assertThat(cache.reset(partition, found, new Place("topic-2", 3))).isEqualTo(new Place("topic-2", 7));
        cache.apply(partition, new Place("topic-2", 7), 8, OptionalLong.of(link.clockMs()), List.of());
        assertThat(fill(lease, late, "late", "10:20:")).isEqualTo(new Kept.No(Kept.Reason.EPOCH));
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void aTagHasSoManyValuesAndNoMore() throws Exception {
        Duration howeverLongItTakes = Duration.ofMinutes(5);
        begin();
        for (int i = 0; i < 300; i++) {
            CacheKey page = new CacheKey(DEMO, "vault:1", "page=" + i);
            fill(cache.read(page, howeverLongItTakes), page, "x", "10:20:");
        }
        long hits = IntStream.range(0, 300)
                .filter(i -> cache.read(new CacheKey(DEMO, "vault:1", "page=" + i), howeverLongItTakes)
                        instanceof Lookup.Hit)
                .count();
        assertThat(hits).isEqualTo(300 - 256);
    }

    @Test
    void whatIsTooLargeIsNotKeptAndNobodyWaitsForIt() throws Exception {
        begin();
        assertThat(cache.fill(key, (Lookup.Fill) cache.read(key, X), new byte[(1 << 20) + 1], snapshot("1:1:"), LIFE))
                .isEqualTo(new Kept.No(Kept.Reason.TOO_LARGE));
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void aLeaseIsGivenBackByWhoHoldsItAndByNobodyElse() throws Exception {
        begin();
        Lookup.Fill first = (Lookup.Fill) cache.read(key, X);
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 15));
        Lookup.Fill second = (Lookup.Fill) cache.read(key, X);
        cache.release(key, first);
        assertThat(cache.read(key, X)).isEqualTo(new Lookup.Wait());
        cache.release(key, second);
        assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
    }

    @Test
    void whatTakesLongerThanOthersWaitIsKept() throws Exception {
        begin();
        Lookup lease = readAndTakeLong();
        assertThat(fill(lease, "slow", "10:20:")).isEqualTo(new Kept.Yes(evictor.offset()));
    }

    @Test
    void ofTwoWhoBringAValueTheFirstIsHeard() throws Exception {
        begin();
        Lookup slow = readAndTakeLong();
        Lookup second = cache.read(key, X);
        assertThat(fill(slow, "slow", "10:20:")).isEqualTo(new Kept.Yes(evictor.offset()));
        assertThat(fill(second, "second", "10:20:")).isEqualTo(new Kept.No(Kept.Reason.LEASE_LOST));
        assertThat(cache.read(key, X))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(text(hit.value())).isEqualTo("slow"));
    }

    @Test
    void whatWasEvictedWhileItWasReadForLongIsNotKept() throws Exception {
        begin();
        Lookup slow = readAndTakeLong();
        evictor.evict(new Stale.Tag(DEMO, "vault:1", 15));
        Lookup second = cache.read(key, X);
        assertThat(fill(slow, "old", "20:20:")).isEqualTo(new Kept.No(Kept.Reason.LEASE_LOST));
        assertThat(fill(second, "new", "20:20:")).isEqualTo(new Kept.Yes(evictor.offset()));
    }

    @Test
    void whatTookLongerThanHalfOfTheFencesLifeIsNotKept() throws Exception {
        cache = new SharedCache(
                link, cache.config().withFence(Duration.ofSeconds(1)).withLease(Duration.ofMinutes(1)));
        begin();
        Lookup lease = cache.read(key, X);
        long read = link.clockMs();
        await().until(() -> link.clockMs() > read + 500);
        assertThat(fill(lease, "old", "10:20:")).isEqualTo(new Kept.No(Kept.Reason.TOO_OLD));
    }

    @Test
    void aTagHasSoManyLeasesAndNoMore() throws Exception {
        cache = new SharedCache(link, cache.config().withLease(Duration.ofMinutes(5)));
        Duration howeverLongItTakes = Duration.ofMinutes(5);
        begin();
        for (int i = 0; i <= 256; i++) {
            cache.read(new CacheKey(DEMO, "vault:1", "page=" + i), howeverLongItTakes);
        }
        assertThat(cache.read(new CacheKey(DEMO, "vault:1", "page=256"), howeverLongItTakes))
                .isEqualTo(new Lookup.Wait());
        assertThat(cache.read(new CacheKey(DEMO, "vault:1", "page=0"), howeverLongItTakes))
                .isInstanceOf(Lookup.Fill.class);
    }

    private void begin() throws RedisUnavailableException {
        evictor.reset();
        evictor.evict();
    }

    /// Until nobody waits for it any more.
    private Lookup readAndTakeLong() throws RedisUnavailableException {
        Duration lease = Duration.ofMillis(20);
        cache = new SharedCache(link, cache.config().withLease(lease));
        Lookup answer = cache.read(key, X);
        long read = link.clockMs();
        await().until(() -> link.clockMs() > read + lease.toMillis());
        return answer;
    }

    private Kept fill(Lookup lease, String value, String snapshot) {
        return fill(lease, key, value, snapshot);
    }

    private Kept fill(Lookup lease, CacheKey of, String value, String snapshot) {
        assertThat(lease).isInstanceOf(Lookup.Fill.class);
        return cache.fill(of, (Lookup.Fill) lease, value.getBytes(StandardCharsets.UTF_8), snapshot(snapshot), LIFE);
    }

    private static Snapshot snapshot(String text) {
        return Snapshot.parse(text);
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    /// A tenant whose value of the same tag is in the same partition.
    private static String other(int partition) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "other" + i)
                .filter(tenant -> new CacheKey(new TenantId(tenant), "vault:1", "row").partition() == partition)
                .findFirst()
                .orElseThrow();
    }
}
