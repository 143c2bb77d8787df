package dev.rowcast.ingest.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SeenEventsTest {

    private final SeenEvents seen = new SeenEvents();

    @Test
    void aRepetitionIsKnownWithinTheWindowOnly() {
        assertThat(seen.repeats(0, 5, "demo", "a")).isFalse();
        assertThat(seen.repeats(0, 5 + SeenEvents.WINDOW, "demo", "a")).isTrue();
        assertThat(seen.repeats(0, 5 + 2 * SeenEvents.WINDOW + 1, "demo", "a")).isFalse();
    }

    @Test
    void anIdIsItsTenantsAndItsPartitions() {
        assertThat(seen.repeats(0, 1, "demo", "a")).isFalse();
        assertThat(seen.repeats(0, 2, "other", "a")).isFalse();
        assertThat(seen.repeats(0, 3, "demo", "b")).isFalse();
        assertThat(seen.repeats(1, 4, "demo", "a")).isFalse();
    }

    @Test
    @DisplayName("an instance that reads the latest records again finds the same repetitions")
    void whoReadsTheLatestRecordsAgainFindsTheSame() {
        long seed = Long.getLong("rowcast.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> ids = IntStream.range(0, 4 * SeenEvents.WINDOW)
                .mapToObj(i -> "" + random.nextInt(2 * SeenEvents.WINDOW))
                .toList();
        int restart = 2 * SeenEvents.WINDOW + random.nextInt(SeenEvents.WINDOW);
        SeenEvents next = new SeenEvents();
        List<Boolean> first = new ArrayList<>();
        List<Boolean> second = new ArrayList<>();

        for (int offset = 0; offset < ids.size(); offset++) {
            boolean repeated = seen.repeats(0, offset, "demo", ids.get(offset));
            boolean again = offset >= restart - SeenEvents.WINDOW && next.repeats(0, offset, "demo", ids.get(offset));
            if (offset >= restart) {
                first.add(repeated);
                second.add(again);
            }
        }

        assertThat(second).as("seed %d", seed).isEqualTo(first).contains(true, false);
    }
}
