package dev.rowcast.cache.redis;

import dev.rowcast.schemas.dependency.Breakers;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to Redis, for everybody in the process: one connection, to each server of a cluster one. It opens by itself
/// and again after it broke. A command is
/// refused at once while there is no connection, while too many wait, and while the breaker is open; otherwise it takes
/// no longer than the timeout. Nothing is queued for later: a late answer from a cache is of no use.
///
/// Safe for use by several threads.
public final class RedisLink implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration SOONEST_RETRY = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int CALLS = 20;
    /// What times commands out ticks this often in a timeout. Lettuce's own ticks every 100 ms, so that a timeout of
    /// 100 ms takes up to 200.
    private static final int TICKS = 10;

    private final RedisConfig config;
    private final HashedWheelTimer timer;
    private final Refusals refusals = new Refusals();
    private final ClientResources resources;
    private final Client client;
    private final CircuitBreaker breaker;
    private CompletableFuture<Connection> connecting;
    private long failedNanos;
    private long reopenedNanos = System.nanoTime() - RETRY.toNanos();

    private RedisLink(RedisConfig config) {
        this.config = config;
        this.timer = new HashedWheelTimer(
                new DefaultThreadFactory("rowcast-redis-timer", true),
                Math.max(1, config.timeout().dividedBy(TICKS).toMillis()),
                TimeUnit.MILLISECONDS);
        this.resources = ClientResources.builder()
                .timer(timer)
                .nettyCustomizer(refusals)
                .reconnectDelay(Delay.fullJitter(SOONEST_RETRY, RETRY, 10, TimeUnit.MILLISECONDS))
                .build();
        this.client = Client.of(config, resources);
        // Any failure counts: a script that fails is as much trouble for callers as a server that is away.
        this.breaker =
                Breakers.of(new Breakers.Rule("redis", CALLS, config.openFor(), config.timeout(), failure -> true));
        this.connecting = connect();
    }

    /// Opens in the background, also when Redis is not there yet.
    ///
    /// @throws IllegalArgumentException when the URL is none
    public static RedisLink open(RedisConfig config) {
        return new RedisLink(config);
    }

    /// Runs a script, which answers with a list of texts and numbers.
    ///
    /// @param keys all that it touches
    /// @return fails with [RedisUnavailableException]
    public CompletionStage<List<Object>> run(Script script, List<byte[]> keys, List<byte[]> arguments) {
        byte[][] allKeys = keys.toArray(byte[][]::new);
        byte[][] all = arguments.toArray(byte[][]::new);
        return ask(redis -> redis.scripts()
                .<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, allKeys, all)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> unwrapped(failure) instanceof RedisNoScriptException
                        ? redis.scripts()
                                .<List<Object>>eval(
                                        script.text().getBytes(StandardCharsets.UTF_8),
                                        ScriptOutputType.MULTI,
                                        allKeys,
                                        all)
                        : CompletableFuture.failedFuture(failure)));
    }

    /// As [#run], for a thread that may wait.
    public List<Object> call(Script script, List<byte[]> keys, List<byte[]> arguments)
            throws RedisUnavailableException {
        return await(run(script, keys, arguments));
    }

    /// Redis' clock in milliseconds, for a thread that may wait. Of a cluster the one that is furthest behind, and none
    /// while one of its primaries does not answer.
    public long clockMs() throws RedisUnavailableException {
        return await(ask(Connection::clockMs));
    }

    /// Open while Redis is not asked; for health and metrics.
    public CircuitBreaker breaker() {
        return breaker;
    }

    @Override
    public void close() {
        CompletableFuture<Connection> last = current();
        if (last.isDone() && !last.isCompletedExceptionally()) {
            last.join().open().close(); // before its event loop ends, so that what is half read is given back
        }
        client.lettuce().shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        timer.stop();
    }

    /// The text of an answer's part.
    public static String text(Object part) {
        return part instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(part);
    }

    private <T> CompletionStage<T> ask(Function<Connection, CompletableFuture<T>> command) {
        long began = breaker.getCurrentTimestamp();
        try {
            breaker.acquirePermission();
        } catch (CallNotPermittedException e) {
            return CompletableFuture.failedFuture(new RedisUnavailableException("Redis is not asked at present", e));
        }
        CompletableFuture<T> answer;
        try {
            answer = command.apply(connected());
        } catch (RedisUnavailableException e) {
            breaker.releasePermission(); // it is not reached yet, which costs nobody any time
            return CompletableFuture.failedFuture(e);
        } catch (RedisException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((result, failure) -> {
            long took = breaker.getCurrentTimestamp() - began;
            if (failure == null) {
                breaker.onSuccess(took, breaker.getTimestampUnit());
                return result;
            }
            Throwable cause = unwrapped(failure);
            breaker.onError(took, breaker.getTimestampUnit(), cause);
            if (says(cause, "READONLY")) {
                reopen();
            }
            String hint = says(cause, "MOVED ") && !config.isCluster()
                    ? "it is one server of a cluster, so begin REDIS_URL with redis-cluster://: "
                    : "";
            throw new CompletionException(
                    new RedisUnavailableException("Redis failed: " + hint + cause.getMessage(), cause));
        });
    }

    /// What has a connection, or throws at once.
    private synchronized Connection connected() throws RedisUnavailableException {
        if (connecting.isCompletedExceptionally() && System.nanoTime() - failedNanos > RETRY.toNanos()) {
            connecting = connect();
        }
        if (!connecting.isDone() || connecting.isCompletedExceptionally()) {
            throw new RedisUnavailableException(
                    "there is no connection to Redis", new IllegalStateException("not connected"));
        }
        return connecting.join();
    }

    /// A script's failure is told as one of the script, with Redis' own words inside.
    private static boolean says(Throwable failure, String word) {
        return failure instanceof RedisCommandExecutionException
                && failure.getMessage() != null
                && failure.getMessage().contains(word);
    }

    /// What was the primary is a replica now, so the address may lead to another by now.
    private synchronized void reopen() {
        CompletableFuture<Connection> old = connecting;
        if (old.isDone() && System.nanoTime() - reopenedNanos > RETRY.toNanos()) {
            reopenedNanos = System.nanoTime();
            connecting = connect();
            if (!old.isCompletedExceptionally()) {
                CompletableFuture<Void> unused = old.join().open().closeAsync();
            }
        }
    }

    private CompletableFuture<Connection> connect() {
        return client.connect().whenComplete((connection, failure) -> {
            if (failure != null) {
                failed();
                log.atWarn().addKeyValue("cause", refusals.reason(failure)).log("Redis not reached");
            }
        });
    }

    private synchronized CompletableFuture<Connection> current() {
        return connecting;
    }

    private synchronized void failed() {
        failedNanos = System.nanoTime();
    }

    private <T> T await(CompletionStage<T> answer) throws RedisUnavailableException {
        try {
            // Lettuce ends it at the timeout; a second bound in case its own timer is late.
            return answer.toCompletableFuture().get(2 * config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = unwrapped(e);
            throw cause instanceof RedisUnavailableException unavailable
                    ? unavailable
                    : new RedisUnavailableException("Redis failed: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new RedisUnavailableException("Redis did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("interrupted while Redis was asked", e);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
