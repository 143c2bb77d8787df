package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.position.Lsn;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whoever keeps what rows say knows when it has been told of all of them.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class SnapshotMarksTest {

    private static final List<SnapshotPhase> ONE = List.of(SnapshotPhase.BEGAN, SnapshotPhase.ENDED);

    @Test
    @DisplayName("a first snapshot says in every partition where it begins and ends, around all of its rows")
    void aFirstSnapshotSaysWhereItBeginsAndEnds(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            world.execute("insert into notes select g, 'tenant' || g % 30, 'x' from generate_series(1, 5000) g");
            try (Ingest ingest = world.startReady()) {
                // When
                world.execute("insert into notes values (5001, 'tenant1', 'later')");
                world.changes.untilRows(5001);
                untilNow(world);

                // Then
                IntStream.range(0, 8).forEach(partition -> {
                    assertThat(world.changes.snapshotMarks(partition)).isEqualTo(ONE);
                    assertThat(positions(world, partition, SnapshotPhase.BEGAN, Operation.SNAPSHOT))
                            .isSorted();
                    assertThat(positions(world, partition, Operation.SNAPSHOT, SnapshotPhase.ENDED, Operation.CREATE))
                            .isSorted();
                });
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("neither a restart nor a backfill says so again, also where there was no row to read")
    void neitherARestartNorABackfillSaysSo(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            world.runOnce();
            try (Ingest ingest = world.startReady()) {
                // When
                world.execute("insert into notes values (1, 'demo', 'a')");
                Backfills backfills = new Backfills(world);
                assertThat(backfills.awaitEnd(backfills.request("public.notes")))
                        .isEqualTo("done");
                untilNow(world);

                // Then
                IntStream.range(0, 8)
                        .forEach(partition -> assertThat(world.changes.snapshotMarks(partition))
                                .isEqualTo(ONE));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("a snapshot of a new generation begins and ends again")
    void aSnapshotOfANewGenerationBeginsAgain(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            world.runOnce();
            world.execute("select pg_drop_replication_slot('rowcast_%s')".formatted(world.source));
            try (Ingest ingest = world.start()) {
                Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_MISSING);

                // When
                Troubles.doAsToldBy(fault, world);
                await().atMost(World.PATIENCE).until(ingest::ready);
                untilNow(world);

                // Then
                IntStream.range(0, 8)
                        .forEach(partition -> assertThat(world.changes.snapshotMarks(partition))
                                .containsExactly(
                                        SnapshotPhase.BEGAN,
                                        SnapshotPhase.ENDED,
                                        SnapshotPhase.BEGAN,
                                        SnapshotPhase.ENDED));
                assertThat(Troubles.epochs(world)).hasSize(2);
            }
        }
    }

    private static void untilNow(World world) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
    }

    /// Offsets of what is of the first kind, then of the second, and so on: sorted when they come in this order.
    private static List<Long> positions(World world, int partition, Object... kinds) {
        return List.of(kinds).stream()
                .flatMap(kind -> world.changes.records().stream()
                        .filter(record -> record.partition() == partition && isOf(kind, record.value()))
                        .map(ConsumerRecord::offset))
                .toList();
    }

    private static boolean isOf(Object kind, Change change) {
        return switch (change.getBody()) {
            case RowChange row -> row.getOp() == kind;
            case dev.rowcast.schemas.avro.SnapshotMark mark -> mark.getPhase() == kind;
            default -> false;
        };
    }
}
