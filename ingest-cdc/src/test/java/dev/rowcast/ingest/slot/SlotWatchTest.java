package dev.rowcast.ingest.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SlotWatchTest {

    private static final long MEGABYTE = 1024 * 1024;

    private Instant now = Instant.EPOCH;
    private final SlotWatch watch = new SlotWatch(() -> now);

    @Test
    @DisplayName("I-5: the time left follows from how fast the retained log grows")
    void theTimeLeftFollowsFromTheGrowth() {
        // When: 1 MB a second
        SlotReport report = grow(20, 0, MEGABYTE, OptionalLong.of(7_200 * MEGABYTE));

        // Then
        assertThat(report.timeLeft()).contains(Duration.ofHours(2));
        assertThat(report.critical()).isFalse();
    }

    @Test
    void lessThanAnHourIsCritical() {
        assertThat(grow(20, 0, MEGABYTE, OptionalLong.of(3_599 * MEGABYTE)).critical())
                .isTrue();
    }

    @Test
    void onlyTheLastMinuteCounts() {
        grow(300, 0, 10 * MEGABYTE, OptionalLong.of(MEGABYTE));
        assertThat(grow(70, 3_000 * MEGABYTE, MEGABYTE, OptionalLong.of(60 * MEGABYTE))
                        .timeLeft())
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void aLogThatDoesNotGrowHasNoEnd() {
        assertThat(grow(20, 5 * MEGABYTE, 0, OptionalLong.of(MEGABYTE)).timeLeft())
                .isEmpty();
    }

    @Test
    void withoutALimitThereIsNoEstimate() {
        assertThat(grow(20, 0, MEGABYTE, OptionalLong.empty()).timeLeft()).isEmpty();
    }

    @Test
    void aFewSecondsAreNoRate() {
        assertThat(grow(5, 0, MEGABYTE, OptionalLong.of(MEGABYTE)).timeLeft()).isEmpty();
    }

    @Test
    void aSlotThatIsNotReservedAnyMoreIsCritical() {
        SlotState state = new SlotState(
                Optional.empty(), "unreserved", new Lsn(1), 1, 1, OptionalLong.of(-5), OptionalLong.of(MEGABYTE));
        assertThat(watch.observe(state).critical()).isTrue();
    }

    @Test
    @DisplayName("I-6: the age of the confirmed position is the time since it moved")
    void theAgeOfTheConfirmedPositionIsTheTimeSinceItMoved() {
        watch.observe(state(1, 0, OptionalLong.empty()));
        now = now.plusSeconds(7);
        watch.observe(state(2, 0, OptionalLong.empty()));
        Instant moved = now;
        now = now.plusSeconds(30);
        assertThat(watch.observe(state(2, 0, OptionalLong.empty())).confirmedAt())
                .isEqualTo(moved);
    }

    private SlotReport grow(int seconds, long begin, long bytesPerSecond, OptionalLong safe) {
        SlotReport report = watch.observe(state(1, begin, safe));
        for (int second = 1; second <= seconds; second++) {
            now = now.plusSeconds(1);
            report = watch.observe(state(1, begin + second * bytesPerSecond, safe));
        }
        return report;
    }

    private static SlotState state(long confirmed, long retained, OptionalLong safe) {
        return new SlotState(
                Optional.empty(), "reserved", new Lsn(confirmed), retained, retained, safe, OptionalLong.empty());
    }
}
