package dev.rowcast.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Limits while Redis is there, is away, and does not answer.
@NeedsParts(Part.REDIS)
@DisplayName("R-7 PP-11: no limit waits for ever when Redis breaks, and each says what becomes of requests then")
class LimiterTest {

    /// So that Redis answers on a busy machine too, and counts are exact. One that is stopped refuses at once.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// A timeout of 100 ms, and time for a machine that is busy.
    private static final Duration BOUND = Duration.ofMillis(100 + 1_400);

    private static int installations;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private String installation = "";
    private static RedisLink link;
    private long nanos = 1;

    @BeforeAll
    static void open(Redis redis) {
        link = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(PATIENCE));
    }

    @AfterAll
    static void close() {
        link.close();
    }

    @BeforeEach
    void newInstallation() {
        installations++;
        installation = "limiter" + installations;
    }

    private Limiter limiter(Optional<RedisLink> redis, String policies) {
        Policies parsed = Policies.parse("test", "policies: {" + policies + "}");
        return new Limiter(parsed, redis, installation, meters, () -> nanos);
    }

    private static Judgement ask(Limiter limiter) throws Exception {
        List<Hit> hits = limiter.policies().all().stream()
                .flatMap(policy -> Hit.of(policy, Asker.at("192.0.2.1"), Optional.empty()).stream())
                .toList();
        return limiter.ask(hits).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void untilRedisIsAsked(Limiter limiter) {
        Awaitility.await().until(() -> !ask(limiter).degraded());
    }

    private double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    @Test
    void twoNodesCountTogether() throws Exception {
        Limiter one = limiter(Optional.of(link), "a: {slidingWindow: 50/min, by: address}");
        Limiter two = limiter(Optional.of(link), "a: {slidingWindow: 50/min, by: address}");
        untilRedisIsAsked(one);
        int before = 50 - ask(one).told().getFirst().verdict().remaining();

        int allowed = 0;
        for (int i = 0; i < 60; i++) {
            allowed += ask(i % 2 == 0 ? one : two).allowed() ? 1 : 0;
        }

        assertThat(before + allowed).isEqualTo(50);
    }

    @Test
    @DisplayName("SI-18: who is over is refused without a question until it may come again")
    void whoIsOverCostsRedisNothing(Redis redis) throws Exception {
        Limiter limiter = limiter(Optional.of(link), "a: {slidingWindow: 5/min, by: address}");
        untilRedisIsAsked(limiter);
        Awaitility.await().until(() -> !ask(limiter).allowed());
        long before = commands(redis);

        for (int i = 0; i < 100; i++) {
            Judgement judgement = ask(limiter);
            assertThat(judgement.degraded()).isFalse();
            assertThat(judgement.refusal().orElseThrow().verdict().retryAfter())
                    .isBetween(Duration.ofMillis(1), Duration.ofMinutes(1));
        }

        assertThat(commands(redis)).isEqualTo(before);
        nanos += Duration.ofMinutes(1).toNanos();
        ask(limiter);
        assertThat(commands(redis)).isEqualTo(before + 1);
    }

    private static long commands(Redis redis) {
        try (RedisClient client = RedisClient.create(redis.url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            String stats = connection.sync().info("commandstats");
            return stats.lines()
                    .filter(line -> line.startsWith("cmdstat_evalsha:"))
                    .map(line -> line.replaceAll("cmdstat_evalsha:calls=(\\d+),.*", "$1"))
                    .mapToLong(Long::parseLong)
                    .sum();
        }
    }

    @Test
    void withoutRedisTheNodeCountsAndSaysSo() throws Exception {
        Limiter limiter = limiter(Optional.empty(), "a: {slidingWindow: 5/min, by: address}");

        for (int left = 4; left >= 0; left--) {
            Judgement judgement = ask(limiter);
            assertThat(judgement.allowed()).isTrue();
            assertThat(judgement.degraded()).isTrue();
            assertThat(judgement.told().getFirst().verdict().remaining()).isEqualTo(left);
        }
        assertThat(ask(limiter).allowed()).isFalse();
        assertThat(count("rowcast.policies.degraded")).isEqualTo(6);
        assertThat(count("rowcast.policies", "policy", "a", "outcome", "allowed"))
                .isEqualTo(5);
        assertThat(count("rowcast.policies", "policy", "a", "outcome", "refused"))
                .isEqualTo(1);
    }

    @Test
    void aNodeThatIsLeftAloneBeginsWithWhatItLetInBefore(Redis redis) throws Exception {
        Limiter limiter = limiter(Optional.of(link), "a: {tokenBucket: {rate: 1/h, burst: 20}, by: address}");
        untilRedisIsAsked(limiter);
        int left = 20;
        while (left > 12) {
            left = ask(limiter).told().getFirst().verdict().remaining();
        }

        redis.stop();
        try {
            Awaitility.await().until(() -> ask(limiter).degraded());
            int allowed = 1;
            while (ask(limiter).allowed()) {
                allowed++;
            }
            assertThat(allowed).isLessThanOrEqualTo(12);
        } finally {
            redis.start();
        }
    }

    @Test
    void whileRedisIsDeadAnswersComeAtOnceAndAreWhatThePoliciesSay(Redis redis) throws Exception {
        Limiter open = limiter(Optional.of(link), "a: {slidingWindow: 1000/min, by: address}");
        Limiter closed =
                limiter(Optional.of(link), "b: {slidingWindow: 1000/min, by: address, onBackendFailure: deny}");
        untilRedisIsAsked(open);
        assertThat(ask(closed).allowed()).isTrue();

        redis.stop();
        try {
            Awaitility.await().until(() -> ask(open).degraded());
            for (int i = 0; i < 100; i++) {
                long begin = System.nanoTime();
                assertThat(ask(open).allowed()).isTrue();
                Judgement denied = ask(closed);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND.multipliedBy(2));
                assertThat(denied.allowed()).isFalse();
                assertThat(denied.denied()).map(Policy::name).contains("b");
            }
            assertThat(count("rowcast.policies", "policy", "b", "outcome", "unknown"))
                    .isGreaterThanOrEqualTo(100);
        } finally {
            redis.start();
        }
        untilRedisIsAsked(open);
        Awaitility.await().until(() -> ask(closed).allowed());
    }

    @Test
    void whileRedisIsStuckAnAnswerTakesNoLongerThanTheTimeout(Redis redis) throws Exception {
        try (RedisLink impatient = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(Duration.ofMillis(100)))) {
            Limiter limiter = limiter(Optional.of(impatient), "a: {slidingWindow: 100000/min, by: address}");
            untilRedisIsAsked(limiter);

            redis.pause();
            try {
                long began = System.nanoTime();
                int asked = 0;
                int late = 0;
                // Redis is tried again each second, and whoever tries it waits as well.
                while (within(began, Duration.ofSeconds(3))
                        || asked <= 1_000 && within(began, Duration.ofSeconds(10))) {
                    long begin = System.nanoTime();
                    assertThat(ask(limiter).degraded()).isTrue();
                    late += within(begin, BOUND) ? 0 : 1;
                    asked++;
                }
                assertThat(late)
                        .as("one may be late when the machine stands still")
                        .isLessThanOrEqualTo(1);
                assertThat(asked)
                        .as("the breaker opens, so that few have to wait")
                        .isGreaterThan(1_000);
            } finally {
                redis.resume();
            }
            untilRedisIsAsked(limiter);
        }
    }

    private static boolean within(long beganNanos, Duration time) {
        return System.nanoTime() - beganNanos < time.toNanos();
    }

    @Test
    void ofARequestThatANodeRefusesAloneNothingIsCounted() throws Exception {
        Limiter limiter = limiter(
                Optional.empty(),
                "wide: {slidingWindow: 10/min, by: address}, narrow: {slidingWindow: 2/min, by: address}");
        for (int i = 0; i < 6; i++) {
            assertThat(ask(limiter).allowed()).isEqualTo(i < 2);
        }
        List<Hit> wide = Hit.of(
                limiter.policies().find("wide").orElseThrow(),
                new Asker("192.0.2.1", Optional.empty(), List.of(), Map.of()),
                Optional.empty());
        Judgement judgement = limiter.ask(wide).toCompletableFuture().get(1, TimeUnit.SECONDS);
        assertThat(judgement.told().getFirst().verdict().remaining()).isEqualTo(7);
    }
}
