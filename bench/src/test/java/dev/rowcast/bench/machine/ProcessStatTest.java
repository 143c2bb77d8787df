package dev.rowcast.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessStatTest {

    @Test
    void aNameWithSpacesAndParenthesesDoesNotShiftTheFields() {
        ProcessStat stat = ProcessStat.parse("42 (postgres: (a b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 30 20 20 0"
                + " 1 0 1000 2000000 2560 18446744073709551615 0 0");

        assertThat(stat).isEqualTo(new ProcessStat(3.0, 0.5, 10));
    }

    @Test
    void thisProcessHasUsedTheProcessorAndHasMemory() throws IOException {
        ProcessStat stat = ProcessStat.of(ProcessHandle.current());

        assertThat(stat.ownSeconds()).isPositive();
        assertThat(stat.residentMiB()).isPositive();
    }
}
