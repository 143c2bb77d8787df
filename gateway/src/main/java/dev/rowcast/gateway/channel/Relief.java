package dev.rowcast.gateway.channel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ends connections when more waits for all clients together that take nothing than the node bears: first those
/// that have ended anyhow and only linger, then those for which most waits, until a tenth of the bound is free.
/// Each event loop is asked for its own, so it takes a moment, and one round is not begun before the last is
/// over.
@SuppressWarnings("FutureReturnValueIgnored") // a round that fails makes room for the next
final class Relief {

    /// @param bytes that its end will free
    record Candidate(Shard shard, Connection connection, boolean lingering, long bytes) {}

    private static final Comparator<Candidate> FIRST_TO_GO = Comparator.comparing(
                    Candidate::lingering, Comparator.reverseOrder())
            .thenComparing(Candidate::bytes, Comparator.reverseOrder());

    private final Collection<Shard> shards;
    private final Pressure pressure;
    private final AtomicBoolean underWay = new AtomicBoolean();

    /// @param shards as they are at any time
    Relief(Collection<Shard> shards, Pressure pressure) {
        this.shards = shards;
        this.pressure = pressure;
    }

    /// Called on any thread.
    void begin() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        List<CompletableFuture<List<Candidate>>> asked = shards.stream()
                .map(shard -> CompletableFuture.supplyAsync(shard::candidates, shard.loop()))
                .toList();
        all(asked)
                .thenCompose(done -> all(chosen(asked).stream()
                        .map(each -> CompletableFuture.runAsync(
                                () -> each.shard().relieve(each.connection()),
                                each.shard().loop()))
                        .toList()))
                .whenComplete((done, failure) -> underWay.set(false));
    }

    private List<Candidate> chosen(List<CompletableFuture<List<Candidate>>> asked) {
        List<Candidate> candidates = new ArrayList<>();
        asked.forEach(answer -> candidates.addAll(answer.join()));
        candidates.sort(FIRST_TO_GO);
        List<Candidate> chosen = new ArrayList<>();
        long excess = pressure.excess();
        for (Candidate each : candidates) {
            if (excess <= 0) {
                break;
            }
            chosen.add(each);
            excess -= each.bytes();
        }
        return chosen;
    }

    private static CompletableFuture<?> all(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
