package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureLimits;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class HistoryTest {

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("P1: rowcast.changes is the commit history, in order, once")
    void theTopicIsTheCommitHistory(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            try (Ingest ingest = world.startReady()) {

                // When
                for (int i = 0; i < 200; i++) {
                    history.transaction();
                }

                // Then
                assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
                assertThat(ingest.ready()).isTrue();
                assertThat(world.changes.rowRecords())
                        .extracting(record -> new String(
                                record.headers().lastHeader("ce_id").value(), java.nio.charset.StandardCharsets.UTF_8))
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    @DisplayName("P1: a clean restart neither loses nor doubles")
    void restartsNeitherLoseNorDouble(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            Random random = new Random(seed);
            world.startReady().close();

            // When
            for (int round = 0; round < 4; round++) {
                for (int i = random.nextInt(20); i > 0; i--) {
                    history.transaction();
                }
                try (Ingest ingest = world.startReady()) {
                    for (int i = random.nextInt(60); i > 0; i--) {
                        history.transaction();
                    }
                    assertThat(ingest.state()).isEqualTo(new IngestState.Streaming());
                }
            }

            // Then
            try (Ingest ingest = world.startReady()) {
                assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("P1: kill -9 at random moments neither loses nor doubles")
    void aKilledProcessNeitherLosesNorDoubles(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            Random random = new Random(seed);
            world.startReady().close();
            long wholeRun = System.nanoTime() + Duration.ofSeconds(20).toNanos();

            // When
            int kills = 0;
            while (System.nanoTime() < wholeRun) {
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
                Process process = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());
                try {
                    await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                    long end = System.nanoTime()
                            + Duration.ofMillis(random.nextInt(1500)).toNanos();
                    while (System.nanoTime() < end) {
                        history.transaction();
                    }
                } finally {
                    process.destroyForcibly().waitFor();
                    kills++;
                }
            }

            // Then
            try (Ingest ingest = world.startReady()) {
                assertThat(history.seen()).as("seed %d, %d kills", seed, kills).isEqualTo(history.expected());
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    void aStandbyWaitsAndTakesOver(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest first = world.startReady();
                Ingest standby = world.start()) {
            // Given
            await().atMost(World.PATIENCE).until(() -> standby.state() instanceof IngestState.WaitingForSlot);
            RandomHistory history = new RandomHistory(world, seed);
            history.transaction();

            // When
            first.close();

            // Then
            await().atMost(World.PATIENCE).until(standby::ready);
            history.transaction();
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
        }
    }
}
