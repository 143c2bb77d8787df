package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private long nowUs = 1_000_000;
    private int slices;
    private final Pace pace = new Pace(() -> nowUs);

    @Test
    void whatIsLiveHasAsMuchTimeAsTheReplaysHad() {
        pace.slice(() -> take(5_000));
        nowUs += 4_999;
        pace.slice(() -> take(5_000));
        assertThat(slices).isEqualTo(1);

        nowUs += 1;
        pace.slice(() -> take(5_000));
        assertThat(slices).isEqualTo(2);
    }

    @Test
    void aSliceThatTookNoTimeDelaysNone() {
        pace.slice(() -> take(0));
        pace.slice(() -> take(0));

        assertThat(slices).isEqualTo(2);
    }

    @Test
    void aClockThatIsSetBackDoesNotStopTheReplays() {
        pace.slice(() -> take(5_000));
        nowUs -= 60_000_000;
        pace.slice(() -> take(5_000));

        assertThat(slices).isEqualTo(2);
    }

    private void take(long us) {
        slices++;
        nowUs += us;
    }
}
