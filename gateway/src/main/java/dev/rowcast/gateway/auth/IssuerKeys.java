package dev.rowcast.gateway.auth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The issuer's published keys, kept here and fetched off the callers' threads: every five minutes, and when a token
/// names a key that is not known. Fails closed: what was fetched too long ago counts as nothing.
///
/// Safe for use by several threads; never blocks.
final class IssuerKeys implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    /// Tokens that wait for a fetch; those over it are answered as if there were none under way.
    private static final int MOST_WAITING = 1_000;

    /// How often is fetched.
    ///
    /// @param refresh between two fetches; so long does a key last that left the published set
    /// @param retry after a fetch that failed
    /// @param unknown between two fetches because of a key that is not known, so that made-up names cost nothing
    /// @param keep for how long a set is good when no newer one can be had
    record Timing(Duration refresh, Duration retry, Duration unknown, Duration keep) {
        static final Timing DEFAULT =
                new Timing(Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofHours(1));
    }

    /// What is known of the key that a token names.
    sealed interface Found {
        record Key(JWSVerifier verifier) implements Found {}

        /// The issuer publishes no such key.
        record Unknown() implements Found {}

        /// What the issuer publishes is not known.
        record Unreachable() implements Found {}
    }

    private record Known(PublishedKeys keys, Instant at) {}

    private final IssuerSource source;
    private final Timing timing;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Thread refresher;
    private final AtomicInteger waiting = new AtomicInteger();

    @Nullable
    private volatile Known known;

    private final Object lock = new Object();

    @Nullable
    private CompletableFuture<Boolean> underWay;

    private Instant askedForUnknown = Instant.MIN;

    /// Whether the last fetch failed; used by one fetch at a time.
    private volatile boolean failing;

    IssuerKeys(IssuerSource source, Timing timing, Clock clock, MeterRegistry meters) {
        this.source = source;
        this.timing = timing;
        this.clock = clock;
        this.meters = meters;
        Gauge.builder("rowcast.issuer.keys.age", this, IssuerKeys::ageSeconds)
                .baseUnit("seconds")
                .register(meters);
        // Under way from the start, so that who comes first waits for it and is not refused.
        CompletableFuture<Boolean> first = fetch();
        this.refresher = Thread.ofVirtual().name("issuer-keys").start(() -> refresh(first));
    }

    /// The key that a token's header names, nearly always at once; never fails.
    CompletionStage<Found> find(JWSHeader header) {
        Known now = fresh();
        if (now != null && now.keys().has(header)) {
            return CompletableFuture.completedStage(now.keys().find(header));
        }
        Optional<CompletableFuture<Boolean>> fetch = now == null ? fetchUnderWay() : fetchForUnknown();
        if (fetch.isEmpty() || waiting.incrementAndGet() > MOST_WAITING) {
            fetch.ifPresent(unused -> waiting.decrementAndGet());
            return CompletableFuture.completedStage(look(header));
        }
        return fetch.get().thenApply(done -> {
            waiting.decrementAndGet();
            return look(header);
        });
    }

    private Found look(JWSHeader header) {
        Known now = fresh();
        return now == null ? new Found.Unreachable() : now.keys().find(header);
    }

    @Nullable
    private Known fresh() {
        Known now = known;
        return now != null && clock.instant().isBefore(now.at().plus(timing.keep())) ? now : null;
    }

    private Optional<CompletableFuture<Boolean>> fetchUnderWay() {
        synchronized (lock) {
            return Optional.ofNullable(underWay);
        }
    }

    private Optional<CompletableFuture<Boolean>> fetchForUnknown() {
        synchronized (lock) {
            Instant now = clock.instant();
            if (underWay == null && now.isBefore(askedForUnknown.plus(timing.unknown()))) {
                return Optional.empty();
            }
            if (underWay == null) {
                askedForUnknown = now;
            }
            return Optional.of(fetch());
        }
    }

    /// Fetches, unless that is under way.
    ///
    /// @return whether it could; never fails
    CompletableFuture<Boolean> fetch() {
        synchronized (lock) {
            if (underWay == null) {
                CompletableFuture<Boolean> mine = new CompletableFuture<>();
                underWay = mine;
                Thread.ofVirtual().name("issuer-keys-fetch").start(() -> {
                    boolean done = load();
                    synchronized (lock) {
                        underWay = null;
                    }
                    mine.complete(done);
                });
            }
            return underWay;
        }
    }

    private boolean load() {
        boolean done = false;
        try {
            PublishedKeys keys = PublishedKeys.parse(source.fetch());
            known = new Known(keys, clock.instant());
            done = true;
            if (keys.isEmpty()) {
                log.atWarn().addKeyValue("source", source).log("The issuer publishes no key that can be used");
            }
        } catch (ParseException e) {
            failed("no JWKS");
        } catch (IOException | RuntimeException e) {
            failed(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failing = !done;
        meters.counter("rowcast.issuer.fetches", "outcome", done ? "done" : "failed")
                .increment();
        return done;
    }

    /// Said once, however long it goes on.
    private void failed(String cause) {
        (failing ? log.atDebug() : log.atWarn())
                .addKeyValue("source", source)
                .addKeyValue("cause", cause)
                .log("The issuer's keys could not be fetched");
    }

    private void refresh(CompletableFuture<Boolean> first) {
        try {
            CompletableFuture<Boolean> latest = first;
            while (true) {
                Thread.sleep(latest.get() ? timing.refresh() : timing.retry());
                latest = fetch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (ExecutionException e) {
            throw new IllegalStateException("a fetch never fails", e);
        }
    }

    private double ageSeconds() {
        Known now = known;
        return now == null
                ? Double.NaN
                : Duration.between(now.at(), clock.instant()).toMillis() / 1000.0;
    }

    @Override
    public void close() {
        refresher.interrupt();
        source.close();
    }
}
