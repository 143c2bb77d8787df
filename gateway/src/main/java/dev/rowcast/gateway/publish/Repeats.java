package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The requests that came with an idempotency key lately, at this node. One that comes again, also while the first is
/// still under way, gets the first one's job. Requests that failed are forgotten.
///
/// What it forgets, and what other nodes know, is no loss: the events of a repeated request have the same ids, by which
/// ingest knows them.
///
/// Safe for use by several threads.
final class Repeats {

    private static final int MOST_REMEMBERED = 50_000;

    private final long nanosRemembered;
    private final LongSupplier nanoTime;
    /// Oldest first.
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private record Key(TenantId tenant, String key) {}

    private record Entry(String digest, long atNanos, CompletableFuture<String> job) {}

    Repeats(Duration remembered, LongSupplier nanoTime) {
        this.nanosRemembered = remembered.toNanos();
        this.nanoTime = nanoTime;
    }

    /// The id of the job of the request with this key, which is begun unless it was before.
    ///
    /// @param digest of its body
    /// @return empty when the key came with another body before
    Optional<CompletableFuture<String>> once(
            TenantId tenant, String idempotencyKey, byte[] digest, Supplier<CompletableFuture<String>> request) {
        Key key = new Key(tenant, idempotencyKey);
        String body = HexFormat.of().formatHex(digest);
        CompletableFuture<String> job;
        synchronized (entries) {
            forgetOld();
            Entry known = entries.get(key);
            if (known != null) {
                return known.digest().equals(body) ? Optional.of(known.job()) : Optional.empty();
            }
            job = new CompletableFuture<>();
            entries.put(key, new Entry(body, nanoTime.getAsLong(), job));
        }
        begin(key, job, request);
        return Optional.of(job);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is told to ours
    private void begin(Key key, CompletableFuture<String> job, Supplier<CompletableFuture<String>> request) {
        CompletableFuture<String> begun;
        try {
            begun = request.get();
        } catch (RuntimeException e) {
            begun = CompletableFuture.failedFuture(e);
        }
        begun.whenComplete((id, failure) -> {
            if (failure == null) {
                job.complete(id);
            } else {
                synchronized (entries) {
                    entries.remove(key);
                }
                job.completeExceptionally(failure);
            }
        });
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()
                && (now - oldest.next().atNanos() > nanosRemembered || entries.size() >= MOST_REMEMBERED)) {
            oldest.remove();
        }
    }
}
