package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A database whose history is not the one that was published.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class AnotherHistoryTest {

    private static final int MEGABYTE_ROWS = 10_000;

    @Test
    @DisplayName("P1: a slot whose log the server removed is said, and the way back brings every row")
    void aSlotWhoseLogTheServerRemovedIsSaid(EmbeddedParts parts) throws Exception {
        try (Cluster cluster = Cluster.start(Map.of("max_slot_wal_keep_size", "16MB", "max_wal_size", "64MB"));
                World world = World.ofNotes(parts, cluster.postgres())) {
            // Given
            world.runOnce();

            // When
            for (int i = 0; i < 3; i++) {
                fill(world, 20 * MEGABYTE_ROWS);
                world.execute("checkpoint");
            }
            world.execute("insert into notes values (1, 'demo', 'in the gap')");

            // Then
            try (Ingest ingest = world.start()) {
                Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_LOST);
                Troubles.doAsToldBy(fault, world);
                await().atMost(World.PATIENCE).until(ingest::ready);
                world.changes.untilRows(1);
                assertThat(world.changes.keysOf("demo")).isEqualTo("1");
            }
        }
    }

    @Test
    @DisplayName("P1: a slot that is lost while Kafka is away is seen at once, and said when Kafka is back")
    void aSlotThatIsLostWhileKafkaIsAwayIsSeen(EmbeddedParts parts) throws Exception {
        try (Cluster cluster = Cluster.start(Map.of("max_slot_wal_keep_size", "16MB", "max_wal_size", "64MB"));
                World world = World.ofNotes(parts, cluster.postgres());
                Ingest ingest = world.startReady()) {
            // Given
            parts.kafka().stop();
            try {
                world.execute("insert into notes values (1, 'demo', 'not published')");
                await().atMost(World.PATIENCE).until(() -> ingest.state() instanceof IngestState.Restarting);

                // When
                for (int i = 0; i < 3; i++) {
                    fill(world, 20 * MEGABYTE_ROWS);
                    world.execute("checkpoint");
                }

                // Then
                await().atMost(World.PATIENCE.multipliedBy(2))
                        .until(() -> world.meters
                                        .get("rowcast.ingest.slot.status")
                                        .tag("status", "lost")
                                        .gauge()
                                        .value()
                                == 1);
                assertThat(ingest.slot())
                        .hasValueSatisfying(slot -> assertThat(slot.critical()).isTrue());
                assertThat(ingest.ready()).isFalse();
            } finally {
                parts.kafka().start();
            }
            Troubles.awaitDown(ingest, FaultCode.SLOT_LOST);
        }
    }

    @Test
    @DisplayName(
            "P1: a database restored from an older copy is said, though its log became longer than what is published")
    void aDatabaseRestoredFromAnOlderCopyIsSaid(EmbeddedParts parts) throws Exception {
        try (Cluster cluster = Cluster.start(Map.of());
                World world = World.ofNotes(parts, cluster.postgres())) {
            // Given
            world.runOnce();
            Path copy = cluster.backUp();
            world.reconnect();
            try (Ingest ingest = world.startReady()) {
                world.execute("insert into notes values (1, 'demo', 'will not have been')");
                world.changes.untilRows(1);
                assertThat(ingest.ready()).isTrue();
            }

            // When
            cluster.restore(copy);
            world.reconnect();
            fill(world, 10 * MEGABYTE_ROWS);
            world.execute("insert into notes values (2, 'demo', 'in the other history')");

            // Then
            try (Ingest ingest = world.start()) {
                Fault fault = Troubles.awaitDown(ingest, FaultCode.SOURCE_REWOUND);
                assertThat(fault.reason()).contains("heartbeat");
                Troubles.doAsToldBy(fault, world);
                await().atMost(World.PATIENCE).until(ingest::ready);
                world.changes.untilRows(2);
                assertThat(world.changes.keysOf("demo")).isEqualTo("1,2");
                assertThat(Troubles.epochs(world)).hasSize(2);
            }
        }
    }

    @Test
    @DisplayName("P1: another database behind the same source is refused and does not disturb the right one")
    void anotherDatabaseIsRefusedAndDoesNotDisturbTheRightOne(EmbeddedParts parts) throws Exception {
        try (Cluster cluster = Cluster.start(Map.of());
                World right = World.ofNotes(parts);
                World other = World.ofNotes(parts, cluster.postgres());
                Ingest ingest = right.startReady()) {
            // Given
            other.execute("create publication rowcast_%s for table notes, tags, rowcast.api_keys, rowcast.heartbeat"
                    .formatted(right.source));
            IngestConfig config = right.config();
            DatabaseUrl url = other.url();

            double restarts = restarts(right);

            // When
            try (Ingest wrong = Ingest.start(
                    IngestConfig.of(url, config.bootstrapServers(), config.registryUrl(), config.catalog()),
                    new SimpleMeterRegistry(),
                    IngestListener.SILENT)) {
                Troubles.awaitDown(wrong, FaultCode.SOURCE_CHANGED);

                // Then
                right.execute("insert into notes values (1, 'demo', 'a')");
                right.changes.untilRows(1);
                assertThat(ingest.ready()).isTrue();
                assertThat(restarts(right)).isEqualTo(restarts);
            }
        }
    }

    /// Writes log, about 100 bytes a row, that no catalog names.
    private static void fill(World world, int rows) {
        world.execute("create table if not exists filler (x text);"
                + "insert into filler select repeat('x', 60) from generate_series(1, %d)".formatted(rows));
    }

    private static double restarts(World world) {
        return world.meters
                .counter("rowcast.ingest.restarts", "source", world.source)
                .count();
    }
}
