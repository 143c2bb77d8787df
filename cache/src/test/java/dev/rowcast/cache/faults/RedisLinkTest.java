package dev.rowcast.cache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.redis.Script;
import dev.rowcast.cache.shared.Connected;
import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.embedded.junit.NeedsParts;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Redis that is slow, gone or unreachable costs its callers the timeout, and soon nothing.
@NeedsParts(Part.REDIS)
class RedisLinkTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);
    /// Of a busy machine.
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Script ECHO = Script.of("return {ARGV[1], 7}");

    private final Redis redis;
    private Proxy proxy;
    private RedisLink link;

    RedisLinkTest(Redis redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() throws Exception {
        proxy = new Proxy(redis.port());
        link = link(TIMEOUT);
    }

    private RedisLink link(Duration timeout) {
        RedisLink opened = RedisLink.open(
                RedisConfig.of("redis://127.0.0.1:" + proxy.port()).withTimeout(timeout));
        Connected.await(opened);
        return opened;
    }

    /// For what a busy machine may take its time for.
    private void linkIsPatient() {
        link.close();
        link = link(SOON);
    }

    @AfterEach
    void close() throws Exception {
        link.close();
        proxy.close();
        redis.start();
    }

    @Test
    void aScriptRunsAlsoWhenRedisHasForgottenIt() throws Exception {
        linkIsPatient();
        assertThat(echo("one")).isEqualTo("one");
        RedisClient client = RedisClient.create(redis.url());
        try (StatefulRedisConnection<String, String> raw = client.connect()) {
            raw.sync().scriptFlush();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
        assertThat(echo("two")).isEqualTo("two");
    }

    @Test
    void whatIsSwallowedCostsTheTimeoutThenNothingAndItComesBackByItself() {
        proxy.swallow(true);
        assertThat(slowestOf(60)).isLessThan(TIMEOUT.plus(GRACE));
        await().atMost(SOON)
                .untilAsserted(() -> assertThatThrownBy(() -> echo("x"))
                        .isInstanceOf(RedisUnavailableException.class)
                        .hasRootCauseInstanceOf(CallNotPermittedException.class));
        proxy.swallow(false);
        awaitAnswer();
    }

    @Test
    void theTimeoutIsTheTimeoutAndNotTheNextTickOfACoarseClock() {
        proxy.swallow(true);
        slowestOf(1); // which falls anywhere between two ticks; the others begin right after one
        Duration fastest = slowestOf(1);
        for (int i = 0; i < 5; i++) {
            Duration took = slowestOf(1);
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        assertThat(link.breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(fastest).isBetween(TIMEOUT, TIMEOUT.plusMillis(50));
    }

    @Test
    void aKilledRedisIsRefusedAtOnceAndComesBackByItself() {
        redis.kill();
        assertThat(slowestOf(60)).isLessThan(TIMEOUT.plus(GRACE));
        redis.start();
        awaitAnswer();
    }

    @Test
    void aLinkOpensWhenRedisIsNotThereYet() throws Exception {
        redis.kill();
        try (RedisLink early = RedisLink.open(RedisConfig.of(redis.url()))) {
            assertThatThrownBy(early::clockMs).isInstanceOf(RedisUnavailableException.class);
            redis.start();
            await().atMost(SOON)
                    .ignoreException(RedisUnavailableException.class)
                    .until(() -> early.clockMs() > 0);
        }
    }

    @Test
    void aPrimaryThatBecameAReplicaIsLeftForWhatTheAddressLeadsTo(@TempDir Path folder) throws Exception {
        Script write = Script.of("redis.call('SET', KEYS[1], 'x') return {'OK'}");
        EmbeddedConfig config =
                EmbeddedConfig.in(folder).withParts(Set.of(Part.REDIS)).withDurable(false);
        try (EmbeddedParts other = EmbeddedParts.start(config, StartListener.SILENT)) {
            linkIsPatient();
            link.call(write, List.of(bytes("written")), List.of());
            proxy.leadNewOnesTo(other.redis().port());
            RedisClient client = RedisClient.create(redis.url());
            try (StatefulRedisConnection<String, String> raw = client.connect()) {
                raw.sync().replicaof("127.0.0.1", other.redis().port());
                await().atMost(SOON)
                        .ignoreException(RedisUnavailableException.class)
                        .until(() -> !link.call(write, List.of(bytes("written")), List.of())
                                .isEmpty());
                raw.sync().replicaofNoOne();
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void moreThanMayWaitAreRefused() {
        RedisConfig few = new RedisConfig("redis://127.0.0.1:" + proxy.port(), SOON, 8, Duration.ofSeconds(1));
        try (RedisLink narrow = RedisLink.open(few)) {
            Connected.await(narrow);
            proxy.swallow(true);
            List<CompletionStage<List<Object>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(narrow.run(ECHO, List.of(), List.of(bytes("x"))));
            }
            // As many may be about to be written as were written, until those that were are counted.
            await().atMost(SOON.dividedBy(2))
                    .untilAsserted(() -> assertThat(answers)
                            .filteredOn(each -> each.toCompletableFuture().isCompletedExceptionally())
                            .hasSize(50 - 8));
            assertThatThrownBy(() -> answers.getLast().toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RedisUnavailableException.class);
        }
    }

    @Test
    void thePasswordIsInNoText() {
        assertThat(RedisConfig.of("redis://user:sample-password@host:1/0").toString())
                .doesNotContain("sample-password");
    }

    private Duration slowestOf(int calls) {
        Duration slowest = Duration.ZERO;
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            try {
                echo("x");
            } catch (RedisUnavailableException e) {
                // What is measured is how long that takes.
                Thread.onSpinWait();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        return slowest;
    }

    private void awaitAnswer() {
        await().atMost(SOON)
                .ignoreException(RedisUnavailableException.class)
                .until(() -> echo("back").equals("back"));
    }

    private String echo(String text) throws RedisUnavailableException {
        return RedisLink.text(link.call(ECHO, List.of(), List.of(bytes(text))).getFirst());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
