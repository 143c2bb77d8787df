package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final int LOOKS = 3_000;

    @Test
    void aPortStaysFreeWhileOtherPartsStartTheirProcesses() throws Exception {
        // Given processes that are started all the time, each of which inherits for a moment what is open here
        int port = Ports.take(Part.KAFKA, 0);
        var enough = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(1)) {
            Future<?> starts = threads.submit(() -> {
                while (!enough.get()) {
                    new ProcessBuilder("true").start().waitFor();
                }
                return enough;
            });
            try {
                // When, then: every look finds it free
                for (int i = 0; i < LOOKS; i++) {
                    assertThat(Ports.take(Part.KAFKA, port)).isEqualTo(port);
                }
            } finally {
                enough.set(true);
            }
            starts.get();
        }
    }
}
