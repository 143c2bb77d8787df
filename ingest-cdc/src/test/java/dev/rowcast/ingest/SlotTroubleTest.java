package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whatever happens to the slot, ingest goes on without a gap or says loudly that it cannot.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class SlotTroubleTest {

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("I-3: a slot that is dropped while it is read is a gap that is said")
    void aSlotThatIsDroppedWhileItIsReadIsAGapThatIsSaid(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            cutAndDrop(world);

            // Then
            Troubles.awaitDown(ingest, FaultCode.SLOT_MISSING);
            assertThat(ingest.ready()).isFalse();
        }
    }

    @Test
    @DisplayName("I-3: the way back is a new epoch that begins with all rows, and the statement that asks works once")
    void theWayBackIsANewEpochWithAllRows(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("insert into notes values (1, 'demo', 'before')");
            world.changes.untilRows(1);
            cutAndDrop(world);
            world.execute("insert into notes values (2, 'demo', 'in the gap')");
            Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_MISSING);

            // When
            Troubles.doAsToldBy(fault, world);

            // Then
            await().atMost(World.PATIENCE).until(ingest::ready);
            world.execute("insert into notes values (3, 'demo', 'after')");
            world.changes.untilRows(4);
            assertThat(world.changes.keysOf("demo")).isEqualTo("1,1,2,3");
            assertThat(world.changes.rows())
                    .extracting(RowChange::getOp)
                    .containsExactly(Operation.CREATE, Operation.SNAPSHOT, Operation.SNAPSHOT, Operation.CREATE);
            assertThat(Troubles.epochs(world)).hasSize(2);

            // When: the row is still there, but the next gap is another one
            cutAndDrop(world);

            // Then
            Troubles.awaitDown(ingest, FaultCode.SLOT_MISSING);
        }
    }

    @Test
    @DisplayName("I-3: a slot that was made anew under the same name is not taken for the old one")
    void aSlotThatWasMadeAnewIsNotTakenForTheOldOne(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.runOnce();
            world.execute("select pg_drop_replication_slot('rowcast_%s')".formatted(world.source));
            world.execute("insert into notes values (1, 'demo', 'in the gap')");
            world.execute(
                    "select pg_create_logical_replication_slot('rowcast_%s', 'pgoutput')".formatted(world.source));

            // When
            try (Ingest ingest = world.start()) {
                // Then
                Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_AHEAD);

                // When
                Troubles.doAsToldBy(fault, world);

                // Then
                await().atMost(World.PATIENCE).until(ingest::ready);
                world.changes.untilRows(1);
                assertThat(world.changes.keysOf("demo")).isEqualTo("1");
            }
        }
    }

    @Test
    @DisplayName("I-11: another reader of the slot is named, and when it left nothing is missing")
    void anotherReaderOfTheSlotIsNamed(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            world.startReady().close();
            history.transaction();

            // When
            try (SlotReader other = SlotReader.take(world);
                    Ingest ingest = world.start()) {
                Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_TAKEN);
                assertThat(fault.reason()).contains("pg_recvlogical");
                history.transaction();
                other.close();

                // Then
                await().atMost(World.PATIENCE).until(ingest::ready);
                assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
            }
        }
    }

    @Test
    @DisplayName("I-11: a reader that took the slot while we ran and moved it leaves a gap that is said")
    void aReaderThatTookTheSlotWhileWeRanAndMovedItLeavesAGapThatIsSaid(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            cut(world);
            try (SlotReader other = SlotReader.take(world)) {
                Troubles.awaitDown(ingest, FaultCode.SLOT_TAKEN);
                world.execute("insert into notes values (1, 'demo', 'read by the other')");
                String written = world.query("select pg_current_wal_lsn()");
                await().atMost(World.PATIENCE.multipliedBy(2)).until(() -> {
                    other.consume();
                    return world.query(
                                    "select confirmed_flush_lsn >= '%s' from pg_replication_slots where slot_name = 'rowcast_%s'"
                                            .formatted(written, world.source))
                            .equals("t");
                });
            }

            // Then
            Troubles.awaitDown(ingest, FaultCode.SLOT_AHEAD);
        }
    }

    @Test
    @DisplayName("I-11: somebody who takes the lock of the lease is named, and when it left nothing is missing")
    void somebodyWhoTakesTheLockIsNamed(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection other = world.database.connect();
                Statement statement = other.createStatement()) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            history.transaction();

            // When
            statement.execute("set application_name = 'psql'");
            Future<Boolean> locked = threads.submit(() -> statement.execute(
                    "select pg_advisory_lock(hashtextextended('rowcast slot rowcast_%s', 0))".formatted(world.source)));
            String locks = " from pg_locks where locktype = 'advisory'"
                    + " and database = (select oid from pg_database where datname = current_database())";
            await().atMost(World.PATIENCE)
                    .until(() -> world.query("select count(*)" + locks + " and not granted")
                            .equals("1"));
            world.execute("select pg_terminate_backend(pid)" + locks + " and granted");
            assertThat(locked.get()).isTrue();
            history.transaction();

            // Then
            Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_TAKEN);
            assertThat(fault.reason()).contains("psql");

            // When
            other.close();

            // Then
            await().atMost(World.PATIENCE).until(ingest::ready);
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
        }
    }

    private static void cut(World world) {
        world.execute("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = 'rowcast_%s'"
                .formatted(world.source));
    }

    private static void cutAndDrop(World world) {
        await().atMost(World.PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .ignoreExceptions()
                .until(() -> {
                    cut(world);
                    world.execute("select pg_drop_replication_slot('rowcast_%s')".formatted(world.source));
                    return true;
                });
    }
}
