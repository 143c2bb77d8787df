package dev.rowcast.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CoresTest {

    @Test
    @DisplayName("A processor is busy with everything but idling and waiting for a disk")
    void idlingAndWaitingAreNotBusy() {
        assertThat(Cores.busySeconds("cpu0 100 10 200 5000 700 3 4 5 0 0")).isCloseTo(3.22, within(1e-9));
    }

    @Test
    @DisplayName("Processes that may run anywhere are started without anything in front")
    void allNeedsNoLauncher() {
        assertThat(Cores.ALL.launcher()).isEmpty();
        assertThat(Cores.first().launcher()).containsExactly("taskset", "-c", "0");
    }
}
