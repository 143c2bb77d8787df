package dev.rowcast.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.cli.WatchLines.Seen;
import org.junit.jupiter.api.Test;

class WatchLinesTest {

    private final WatchLines lines = new WatchLines();

    @Test
    void onlyWhatIsNewIsSaidAndWhatPassedSince() {
        assertThat(lines.of(new Seen("MISS", "rowcast; fwd=miss; stored", "\"a\"", 3_100), 0))
                .contains("         MISS      3.1 ms  rowcast; fwd=miss; stored");
        assertThat(lines.of(new Seen("HIT-L1", "rowcast; hit", "\"a\"", 400), 100))
                .contains("         HIT-L1    0.4 ms  rowcast; hit");
        assertThat(lines.of(new Seen("HIT-L1", "rowcast; hit", "\"a\"", 400), 200))
                .isEmpty();
        assertThat(lines.of(new Seen("HIT-L1", "rowcast; hit", "\"a\"", 400), 300))
                .isEmpty();
        assertThat(lines.of(new Seen("MISS", "rowcast; fwd=miss; stored", "\"b\"", 2_000), 400))
                .contains("changed  MISS      2.0 ms  rowcast; fwd=miss; stored  after 2 more like the last, 300 ms");
    }

    @Test
    void theEndSaysHowManyCameFromWhere() {
        lines.of(new Seen("MISS", "", "\"a\"", 1), 0);
        lines.of(new Seen("HIT-L1", "", "\"a\"", 1), 0);
        lines.of(new Seen("HIT-L1", "", "\"a\"", 1), 0);
        assertThat(lines.summary()).isEqualTo("Reads: HIT-L1 2, MISS 1");
    }
}
