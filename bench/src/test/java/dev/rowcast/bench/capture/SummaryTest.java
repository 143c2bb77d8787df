package dev.rowcast.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final Usage USAGE = new Usage(2, 1, 0.5);

    private final Summary summary = new Summary(List.of(
            trial(Side.ROWCAST, 1, 1000, 1000, 0.5, 0),
            trial(Side.CONNECT, 2, 1000, 1000, 1, 0),
            trial(Side.CONNECT, 3, 1000, 1000, 0.5, 0),
            trial(Side.ROWCAST, 4, 1000, 1000, 0.25, 0),
            trial(Side.ROWCAST, 5, 1000, 1000, 1, 0)));

    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Summary.median(9, 1, 3)).isEqualTo(3);
        assertThat(Summary.median(9, 1, 3, 4)).isEqualTo(3.5);
        assertThat(Summary.median()).isNaN();
    }

    @Test
    void aRatioAboveOneSaysThatOursIsFaster() {
        assertThat(summary.rowsPerSecond(Side.ROWCAST, Shape.COPY, Mode.CATCH_UP))
                .isEqualTo(2000);
        assertThat(summary.rowsPerSecond(Side.CONNECT, Shape.COPY, Mode.CATCH_UP))
                .isEqualTo(1500);
        assertThat(summary.ratio(Side.CONNECT, Shape.COPY, Mode.CATCH_UP)).isEqualTo(4 / 3.0, within(1e-9));
        assertThat(summary.range(Side.ROWCAST, Shape.COPY, Mode.CATCH_UP)).containsExactly(1000, 4000);
    }

    @Test
    void whatWasNotMeasuredIsNoNumber() {
        assertThat(summary.ratio(Side.CONNECT_ONCE, Shape.COPY, Mode.CATCH_UP)).isNaN();
        assertThat(summary.ratio(Side.CONNECT, Shape.WIDE, Mode.CATCH_UP)).isNaN();
        assertThat(summary.sides()).containsExactly(Side.ROWCAST, Side.CONNECT);
    }

    @Test
    void processorTimeIsForAThousandRowsThatArrived() {
        Summary one = new Summary(List.of(trial(Side.ROWCAST, 1, 4000, 4000, 1, 0)));

        assertThat(one.secondsPer1000(Side.ROWCAST, Shape.COPY, Mode.CATCH_UP, Usage::capture))
                .isEqualTo(0.5);
    }

    @Test
    void aMissingRowARowTooManyAndARestartAreNotClean() {
        assertThat(summary.clean()).isTrue();
        assertThat(new Summary(List.of(trial(Side.CONNECT, 1, 1000, 999, 1, 0))).clean())
                .isFalse();
        assertThat(new Summary(List.of(trial(Side.CONNECT, 1, 1000, 1001, 1, 0))).clean())
                .isFalse();
        assertThat(new Summary(List.of(trial(Side.ROWCAST, 1, 1000, 1000, 1, 1))).clean())
                .isFalse();
    }

    @Test
    void theOrderTurnsSoThatASlowerMachineIsSlowerForAll() {
        assertThat(plan(0).turn(0)).containsExactly(Side.ROWCAST, Side.CONNECT);
        assertThat(plan(0).turn(1)).containsExactly(Side.CONNECT, Side.ROWCAST);
    }

    @Test
    void aFurtherTurnIsLeftOutWhenItWouldTakeTooLong() {
        assertThat(plan(0).fits(2, Duration.ofMinutes(2))).isTrue();
        assertThat(plan(0).fits(2, Duration.ofMinutes(3))).isFalse();
        assertThat(plan(60).fits(1, Duration.ofSeconds(30))).isTrue();
        assertThat(plan(60).fits(1, Duration.ofSeconds(40))).isFalse();
    }

    /// At most three minutes.
    private static Plan plan(int outageSeconds) {
        return new Plan(
                List.of(Side.ROWCAST, Side.CONNECT), List.of(Shape.COPY), 100, 9, 1, 0, outageSeconds, 2000, 3, true);
    }

    private static Trial trial(Side side, int block, long rows, long arrived, double seconds, int restarts) {
        return new Trial(side, block, Shape.COPY, Mode.CATCH_UP, rows, arrived, seconds, USAGE, 0.1, restarts);
    }
}
