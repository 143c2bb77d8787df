package dev.rowcast.cache.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarksTest {

    private final Watermarks watermarks = new Watermarks(3);

    @Test
    void thereIsNoneUntilEveryPartitionHasSaidOne() {
        watermarks.saw(0, 10);
        watermarks.saw(2, 30);
        assertThat(watermarks.oldest()).isEmpty();

        watermarks.saw(1, 20);
        assertThat(watermarks.oldest()).hasValue(10);
    }

    @Test
    void theLastOfAPartitionCountsAlsoWhenItIsEarlier() {
        all(50);
        watermarks.saw(1, 40);

        assertThat(watermarks.oldest()).hasValue(40);
    }

    @Test
    void aPartitionMoreThanWasKnownIsWaitedFor() {
        all(50);
        watermarks.saw(4, 60);
        assertThat(watermarks.oldest()).isEmpty();

        watermarks.saw(3, 55);
        assertThat(watermarks.oldest()).hasValue(50);
    }

    @Test
    void afterReadingFromElsewhereAllMustSpeakAgain() {
        all(50);
        watermarks.clear();
        watermarks.saw(0, 70);

        assertThat(watermarks.oldest()).isEmpty();
    }

    private void all(long redisMs) {
        for (int partition = 0; partition < 3; partition++) {
            watermarks.saw(partition, redisMs);
        }
    }
}
