package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureLimits;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Two instances for one slot: one works, the other waits.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class TakeOverTest {

    /// A JVM of its own has to start.

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("P1: a standby takes over from an instance that was killed, within seconds")
    void aStandbyTakesOverFromAnInstanceThatWasKilled(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            RandomHistory history = new RandomHistory(world, seed);
            world.runOnce();
            Process first = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());
            try {
                await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                try (Ingest standby = world.start()) {
                    // Given
                    await().atMost(World.PATIENCE).until(() -> standby.state() instanceof IngestState.WaitingForSlot);
                    assertThat(standby.ready()).isFalse();
                    write(history);

                    // When
                    first.destroyForcibly();

                    // Then
                    await().atMost(World.PATIENCE).until(standby::ready);
                    write(history);
                    assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
                }
            } finally {
                first.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    @DisplayName("P1: a standby takes over from an instance that hangs, which publishes nothing when it wakes")
    void aStandbyTakesOverFromAnInstanceThatHangs(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            RandomHistory history = new RandomHistory(world, seed);
            world.runOnce();
            Process first = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());
            try {
                await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                write(history);
                try (Ingest standby = world.start()) {
                    await().atMost(World.PATIENCE).until(() -> standby.state() instanceof IngestState.WaitingForSlot);

                    // When: its connections stay open, and what commits now is in its buffers
                    signal(first, "STOP");
                    write(history);

                    // Then
                    await().atMost(World.PATIENCE.multipliedBy(3)).until(standby::ready);
                    write(history);

                    // When
                    signal(first, "CONT");
                    write(history);

                    // Then
                    await().atMost(World.PATIENCE)
                            .until(() -> ChildProcess.said(world).contains("Capture failed"));
                    await().atMost(World.PATIENCE)
                            .until(() -> ChildProcess.said(world).contains("to=\"waiting\""));
                    write(history);
                    assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
                    assertThat(standby.ready()).isTrue();
                }
            } finally {
                first.destroyForcibly().waitFor();
            }
        }
    }

    private static void write(RandomHistory history) {
        for (int i = 0; i < 20; i++) {
            history.transaction();
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }
}
