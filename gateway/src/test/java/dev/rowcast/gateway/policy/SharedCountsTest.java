package dev.rowcast.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The script against a simple model. Times are those that Redis says it judged at.
@NeedsParts(Part.REDIS)
@DisplayName("SI-15 SI-18: limits that all gateways count together hold, whatever the timing")
class SharedCountsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /// What `PTTL` says; -2 is one that is gone.
    private static final long WITHOUT_END = -1;
    private static int subjects;

    private final List<RedisLink> links = new ArrayList<>();
    private String url = "";

    @BeforeEach
    void url(Redis redis) {
        url = redis.url();
    }

    @AfterEach
    void close() {
        links.forEach(RedisLink::close);
    }

    /// One more node.
    private SharedCounts counts(String installation) throws Exception {
        RedisLink link = RedisLink.open(RedisConfig.of(url).withTimeout(PATIENCE));
        links.add(link);
        SharedCounts counts = new SharedCounts(link, installation);
        Hit any = hit(new Rule.InWindow(1, Duration.ofSeconds(1)));
        Awaitility.await().ignoreExceptions().until(() -> ask(counts, any) != null);
        return counts;
    }

    private static Hit hit(Rule rule) {
        subjects++;
        Policy policy =
                new Policy("test", rule, List.of(CountedBy.Known.ADDRESS), List.of(), false, OnBackendFailure.ALLOW);
        return new Hit(policy, "subject-" + subjects);
    }

    private static SharedCounts.Answer ask(SharedCounts counts, Hit... hits) throws Exception {
        return counts.ask(List.of(hits)).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aWindowOfFewIsExactToTheMicrosecond() throws Exception {
        Random random = new Random(seed());
        SharedCounts counts = counts("exact");
        for (int round = 0; round < 30; round++) {
            int quota = 1 + random.nextInt(20);
            long length = 1_000_000;
            // Windows of a second are the shortest; time is what the questions take.
            Hit hit = hit(new Rule.InWindow(quota, Duration.ofSeconds(1)));
            List<Long> granted = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                SharedCounts.Answer answer = ask(counts, hit);
                long now = answer.atUs();
                long used = granted.stream().filter(at -> at > now - length).count();
                Verdict verdict = answer.verdicts().getFirst();
                assertThat(verdict.allowed()).isEqualTo(used < quota);
                assertThat(verdict.remaining()).isEqualTo((int) Math.max(0, quota - used - 1));
                if (verdict.allowed()) {
                    granted.add(now);
                } else {
                    long oldest = granted.get(granted.size() - quota);
                    assertThat(verdict.retryAfter().toMillis()).isEqualTo(Math.ceilDiv(oldest + length - now, 1_000L));
                }
            }
        }
    }

    @Test
    void whoComesBackWhenItWasToldToIsLetInAndNoWindowSeesMoreThanTheQuota() throws Exception {
        Random random = new Random(seed());
        SharedCounts counts = counts("windows");
        for (int quota : new int[] {2, 300}) {
            Hit hit = hit(new Rule.InWindow(quota, Duration.ofSeconds(1)));
            List<Long> granted = new ArrayList<>();
            long mayComeAt = 0;
            long end = 0;
            for (long now = 0; end == 0 || now < end || granted.size() < 2 * quota; ) {
                SharedCounts.Answer answer = ask(counts, hit);
                now = answer.atUs();
                end = end == 0 ? now + 3_500_000 : end;
                if (answer.verdicts().getFirst().allowed()) {
                    assertThat(now).as("before it was told to").isGreaterThanOrEqualTo(mayComeAt - 1_000);
                    granted.add(now);
                    mayComeAt = 0;
                } else {
                    assertThat(now)
                            .as("refused when it was told to come")
                            .isLessThan(mayComeAt == 0 ? now + 1 : mayComeAt);
                    mayComeAt = now + answer.verdicts().getFirst().retryAfter().toNanos() / 1_000;
                }
                if (random.nextInt(50) == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(100_000_000));
                }
            }
            for (int i = quota; i < granted.size(); i++) {
                assertThat(granted.get(i) - granted.get(i - quota)).isGreaterThanOrEqualTo(1_000_000);
            }
            assertThat(granted).hasSizeBetween(quota * 2, quota * 5);
        }
    }

    @Test
    void aBucketIsTheModelsBucket() throws Exception {
        Random random = new Random(seed());
        SharedCounts counts = counts("buckets");
        for (int round = 0; round < 20; round++) {
            int rate = 100 + random.nextInt(5_000);
            int burst = 1 + random.nextInt(40);
            long interval = Math.ceilDiv(1_000_000L, rate);
            Hit hit = hit(new Rule.AtRate(rate, Duration.ofSeconds(1), burst));
            long room = burst * interval;
            long last = 0;
            for (int i = 0; i < 300; i++) {
                SharedCounts.Answer answer = ask(counts, hit);
                Verdict verdict = answer.verdicts().getFirst();
                room = last == 0 ? room : Math.min(burst * interval, room + answer.atUs() - last);
                last = answer.atUs();
                assertThat(verdict.allowed()).isEqualTo(room >= interval);
                room -= verdict.allowed() ? interval : 0;
                assertThat(verdict.remaining()).isEqualTo((int) (room / interval));
                assertThat(verdict.retryAfter().toMillis())
                        .isEqualTo(verdict.allowed() ? 0 : Math.ceilDiv(interval - room, 1_000L));
                assertThat(verdict.reset().toMillis()).isEqualTo(Math.ceilDiv(burst * interval - room, 1_000L));
            }
        }
    }

    @Test
    void manyNodesTogetherLetInNoMoreThanTheQuota() throws Exception {
        int nodes = 4;
        List<Hit> hits = List.of(
                hit(new Rule.InWindow(100, Duration.ofMinutes(1))),
                hit(new Rule.InWindow(1_000, Duration.ofMinutes(15))),
                hit(new Rule.AtRate(1, Duration.ofHours(1), 250)));
        List<SharedCounts> all = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            all.add(counts("together"));
        }
        for (Hit hit : hits) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 2 * nodes; thread++) {
                SharedCounts counts = all.get(thread % nodes);
                tasks.add(() -> {
                    int allowed = 0;
                    for (int i = 0; i < 200; i++) {
                        allowed += ask(counts, hit).verdicts().getFirst().allowed() ? 1 : 0;
                    }
                    return allowed;
                });
            }
            int allowed = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Integer> each : threads.invokeAll(tasks)) {
                    allowed += each.get();
                }
            }
            assertThat(allowed).isEqualTo(hit.policy().rule().limit());
        }
    }

    @Test
    void aRequestThatOneRefusesIsCountedByNone() throws Exception {
        SharedCounts counts = counts("all-or-none");
        Hit wide = hit(new Rule.InWindow(10, Duration.ofMinutes(1)));
        Hit narrow = hit(new Rule.AtRate(1, Duration.ofHours(1), 2));
        for (int i = 0; i < 8; i++) {
            List<Verdict> verdicts = ask(counts, wide, narrow).verdicts();
            assertThat(verdicts.getFirst().allowed()).isTrue();
            assertThat(verdicts.getLast().allowed()).isEqualTo(i < 2);
            assertThat(verdicts.getFirst().remaining()).isEqualTo(i < 2 ? 9 - i : 8);
        }
        assertThat(ask(counts, wide).verdicts().getFirst().remaining()).isEqualTo(7);
    }

    @Test
    void everyKeyHasAnEndAndAllAreInOneSlot() throws Exception {
        SharedCounts counts = counts("ends");
        for (int i = 0; i < 50; i++) {
            ask(
                    counts,
                    hit(new Rule.InWindow(3, Duration.ofSeconds(5))),
                    hit(new Rule.InWindow(300, Duration.ofSeconds(5))),
                    hit(new Rule.AtRate(1, Duration.ofSeconds(5), 5)));
        }
        try (RedisClient client = RedisClient.create(url);
                StatefulRedisConnection<String, String> connection = client.connect()) {
            List<String> keys = connection.sync().keys("{ends-limits}:*");
            assertThat(keys).hasSizeGreaterThanOrEqualTo(150);
            assertThat(keys)
                    .allSatisfy(key -> assertThat(connection.sync().pttl(key))
                            .isNotEqualTo(WITHOUT_END)
                            .isLessThanOrEqualTo(5_100));
            assertThat(keys).extracting(SlotHash::getSlot).containsOnly(SlotHash.getSlot("ends-limits"));
            Awaitility.await()
                    .until(() -> connection.sync().keys("{ends-limits}:*").isEmpty());
        }
    }

    @Test
    void installationsThatShareARedisCountApart() throws Exception {
        Hit hit = hit(new Rule.InWindow(1, Duration.ofMinutes(1)));
        assertThat(ask(counts("one"), hit).verdicts().getFirst().allowed()).isTrue();
        assertThat(ask(counts("two"), hit).verdicts().getFirst().allowed()).isTrue();
    }

    private static long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }
}
