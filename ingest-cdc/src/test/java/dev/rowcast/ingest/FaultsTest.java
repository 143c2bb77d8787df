package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class FaultsTest {

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("I-1: a handler that fails for a passing reason loses nothing")
    void aRegistryThatIsAwayInTheMiddleOfABatchLosesNothing(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given: no schema of the rows is known yet, so the handler has to ask in the middle of its batch
            RandomHistory history = new RandomHistory(world, seed);
            parts.registry().stop();

            // When
            for (int i = 0; i < 20; i++) {
                history.transaction();
            }
            await().atMost(World.PATIENCE).until(() -> ingest.state() instanceof IngestState.Restarting);
            parts.registry().start();

            // Then
            await().atMost(World.PATIENCE).until(ingest::ready);
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
        }
    }

    @Test
    void aConnectionThatIsCutLosesNothing(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            RandomHistory history = new RandomHistory(world, seed);
            try (Ingest ingest = world.startReady()) {
                // Given
                for (int i = 0; i < 20; i++) {
                    history.transaction();
                }

                // When
                world.execute(
                        "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = 'rowcast_%s'"
                                .formatted(world.source));
                for (int i = 0; i < 20; i++) {
                    history.transaction();
                }

                // Then
                assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
                await().atMost(World.PATIENCE).until(ingest::ready);
            }
        }
    }
}
