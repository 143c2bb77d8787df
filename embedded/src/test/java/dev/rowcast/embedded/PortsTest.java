package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final int LOOKS = 3_000;
    private static final int CLUSTER_BUS = 10_000;

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

    @Test
    void aServerOfAClusterGetsAPortWhoseSecondIsFreeToo() throws Exception {
        int port = Ports.freeOfCluster();
        int second = port + CLUSTER_BUS;
        assertThat(second).as("below the range of outgoing connections").isLessThan(32_768);

        // When the second port of the next one is somebody's
        try (var taken = new ServerSocket(second + 1, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            // Then that is passed over
            assertThat(Ports.freeOfCluster()).isNotEqualTo(port).isNotEqualTo(taken.getLocalPort() - CLUSTER_BUS);
        }
    }
}
