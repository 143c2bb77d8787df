package dev.rowcast.bench.cache;

import dev.rowcast.bench.machine.Wait;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.policy.CountedBy;
import dev.rowcast.gateway.policy.Hit;
import dev.rowcast.gateway.policy.Judgement;
import dev.rowcast.gateway.policy.Limiter;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.gateway.policy.Policy;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/// The gateway's limiter as requests ask it, beside PING and INCR. Who asks is somebody else each time, up to so many,
/// and nobody is refused.
final class LimitCosts {

    private static final int ASKERS = 20_000;
    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(10);
    /// More than the gateway gives it: what an answer costs is measured, also one that is late.
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /// SyncScript's, of an address.
    private static final Policy WINDOW = policy("window", new Rule.InWindow(100, Duration.ofMinutes(15)));
    private static final Policy BUCKET = policy("bucket", new Rule.AtRate(100, Duration.ofSeconds(1), 1_000));
    private static final Policy SECOND_BUCKET = policy("second", new Rule.AtRate(200, Duration.ofSeconds(1), 1_000));

    private final Stand stand;
    private final AtomicLong asked = new AtomicLong();

    LimitCosts(Stand stand) {
        this.stand = stand;
    }

    /// @param time of each kind
    /// @param trial a name that no other trial has
    List<Row> run(int callers, Duration time, String trial) throws InterruptedException, ExecutionException {
        List<Row> rows = new ArrayList<>();
        RedisClient client = RedisClient.create(RedisURI.create(stand.redisUrl()));
        try (StatefulRedisConnection<String, String> plain = client.connect();
                RedisLink link = RedisLink.open(RedisConfig.of(stand.redisUrl()).withTimeout(TIMEOUT))) {
            Wait.until("Redis is connected", CONNECTED_WITHIN, () -> answers(link));
            Limiter limiter = new Limiter(
                    new Policies(List.of(WINDOW, BUCKET, SECOND_BUCKET)),
                    Optional.of(link),
                    "bench",
                    new SimpleMeterRegistry(),
                    System::nanoTime);
            rows.add(run("PING", callers, time, () -> plain.sync().ping().equals("PONG")));
            rows.add(run("INCR", callers, time, () -> plain.sync().incr("bench:" + subject(trial)) > 0));
            rows.add(run("a token bucket", callers, time, () -> ask(limiter, trial, BUCKET)));
            rows.add(run("a sliding window", callers, time, () -> ask(limiter, trial, WINDOW)));
            rows.add(run("all three", callers, time, () -> ask(limiter, trial, WINDOW, BUCKET, SECOND_BUCKET)));
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
        return rows;
    }

    private Row run(String what, int callers, Duration time, Closed.Call call)
            throws InterruptedException, ExecutionException {
        return Closed.run(callers, time, call)
                .in(Row.of(Cell.LIMITS).with("asked", what).with("callers", callers));
    }

    private boolean ask(Limiter limiter, String trial, Policy... policies)
            throws InterruptedException, ExecutionException {
        String subject = subject(trial);
        Judgement judgement = limiter.ask(Arrays.stream(policies)
                        .map(policy -> new Hit(policy, subject))
                        .toList())
                .toCompletableFuture()
                .get();
        return judgement.allowed() && !judgement.degraded();
    }

    private String subject(String trial) {
        return trial + "-" + asked.getAndIncrement() % ASKERS;
    }

    private static boolean answers(RedisLink link) {
        try {
            return link.clockMs() > 0;
        } catch (RedisUnavailableException e) {
            return false;
        }
    }

    private static Policy policy(String name, Rule rule) {
        return new Policy(name, rule, List.of(CountedBy.Known.ADDRESS), List.of(), false, OnBackendFailure.ALLOW);
    }
}
