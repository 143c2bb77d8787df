package dev.rowcast.cache.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Every interleaving of two commits, two readers, an evictor and its zombie, a flush, a failover and an expired fence:
/// a hit never lacks a commit that the watermark promises. With a part of the protocol taken out it does, so the model
/// can tell.
class ExhaustiveCacheModelTest {

    /// @param trace steps to a hit that lacks a commit; empty when there is none
    private record Result(int states, Optional<List<String>> trace) {}

    @ParameterizedTest
    @CsvSource({
        "FULL, false, 1867281",
        "NO_LEASE, false, 361244",
        "LEASE_ONLY, true, 442453",
        "LSN_STAMP, true, 905085",
        "RESET_WITHOUT_REWIND, true, 989133"
    })
    void noInterleavingBreaksThePromise(Variant variant, boolean gate, int states) {
        Result result = explore(new CacheModel(variant, gate));
        assertThat(result.trace()).isEmpty();
        // As many as the model has that this one was written after: neither left anything out.
        assertThat(result.states()).isEqualTo(states);
    }

    @Test
    void aLeaseThatSeveralHoldOrThatIsGivenBackBreaksNoPromise() {
        Result result = explore(new CacheModel(Variant.SHARED_LEASE, false));
        assertThat(result.trace()).isEmpty();
        assertThat(result.states()).isEqualTo(2_881_766);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FULL", "SHARED_LEASE", "NO_LEASE"})
    void withoutAPartOfTheProtocolSomeInterleavingServesWhatIsStale(Variant variant) {
        assertThat(explore(new CacheModel(variant, false)).trace()).isPresent();
    }

    @Test
    void deletingAloneServesWhatIsStaleEvenIfCommitsComeOnlyOnceTheyAreSeen() {
        assertThat(explore(new CacheModel(Variant.DELETE_ONLY, true)).trace()).isPresent();
    }

    @Test
    void theShortestWayToAStaleHitOfPlainDeletingIsTheKnownRace() {
        assertThat(explore(new CacheModel(Variant.DELETE_ONLY, true)).trace().orElseThrow())
                .containsExactly("log 1", "first misses", "first reads", "show 1", "evictor applies 1", "first fills");
    }

    private static Result explore(CacheModel model) {
        Ways ways = new Ways();
        ArrayDeque<Long> waiting = new ArrayDeque<>();
        long start = State.START.pack();
        ways.add(start, start);
        waiting.add(start);
        int states = 0;
        while (!waiting.isEmpty()) {
            long packed = waiting.poll();
            State now = State.unpack(packed);
            states++;
            if (now.redis().breaksPromise()) {
                return new Result(states, Optional.of(trace(model, ways, packed)));
            }
            model.steps(now, (name, next) -> {
                long then = next.pack();
                if (ways.add(then, packed)) {
                    waiting.add(then);
                }
            });
        }
        return new Result(states, Optional.empty());
    }

    private static List<String> trace(CacheModel model, Ways ways, long end) {
        List<String> names = new ArrayList<>();
        for (long at = end; ways.before(at) != at; at = ways.before(at)) {
            names.add(step(model, ways.before(at), at));
        }
        return names.reversed();
    }

    private static String step(CacheModel model, long before, long after) {
        List<String> names = new ArrayList<>();
        model.steps(State.unpack(before), (name, next) -> {
            if (next.pack() == after) {
                names.add(name);
            }
        });
        return names.getFirst();
    }
}
