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
import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A primary that dies, and a standby that takes its place behind the same address.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class FailoverTest {

    private static final String STANDBY_SLOT = "standby";
    private static final String PASSWORD = "capture";
    private static final Map<String, String> FOLLOWS_SLOTS =
            Map.of("hot_standby_feedback", "on", "sync_replication_slots", "on");

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("I-4: with a failover slot nothing is lost and nothing doubled, under a new epoch")
    void withAFailoverSlotNothingIsLostAndNothingDoubled(EmbeddedParts parts) throws Exception {
        try (Cluster primary = Cluster.start(Map.of("synchronized_standby_slots", STANDBY_SLOT));
                World world = withRole(World.ofNotes(parts, primary.postgres()));
                Cluster standby = primary.standby(STANDBY_SLOT, FOLLOWS_SLOTS);
                Forwarder address = new Forwarder(primary.postgres().port());
                Ingest ingest = startAt(address, world)) {
            // Given
            world.reconnect();
            await().atMost(World.PATIENCE).until(ingest::ready);
            RandomHistory history = new RandomHistory(world, seed);
            write(history);
            awaitCopyOfTheSlot(world, standby);
            write(history);
            String end = world.query("select pg_current_wal_lsn()");

            // When
            await().atMost(World.PATIENCE)
                    .until(() -> world.query(
                                    "select confirmed_flush_lsn >= '%s' from pg_replication_slots where slot_name = 'rowcast_%s'"
                                            .formatted(end, world.source))
                            .equals("t"));
            primary.postgres().kill();
            standby.execute("select pg_promote()");
            address.to(standby.postgres().port());
            world.reconnect(standby.database(world));
            write(history);

            // Then
            await().atMost(World.PATIENCE).until(ingest::ready);
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
            assertThat(Troubles.epochs(world)).hasSize(2);
            assertThat(world.changes.rows()).extracting(RowChange::getOp).doesNotContain(Operation.SNAPSHOT);
        }
    }

    @Test
    @DisplayName("I-4: without a copy of the slot the gap is said, and the way back brings every row")
    void withoutACopyOfTheSlotTheGapIsSaid(EmbeddedParts parts) throws Exception {
        try (Cluster primary = Cluster.start(Map.of("synchronized_standby_slots", STANDBY_SLOT));
                World world = withRole(World.ofNotes(parts, primary.postgres()));
                Cluster standby = primary.standby(STANDBY_SLOT, Map.of());
                Forwarder address = new Forwarder(primary.postgres().port());
                Ingest ingest = startAt(address, world)) {
            // Given
            world.reconnect();
            await().atMost(World.PATIENCE).until(ingest::ready);
            world.execute("insert into notes values (1, 'demo', 'before')");
            world.changes.untilRows(1);
            awaitReplay(world, standby);

            // When
            primary.postgres().kill();
            standby.execute("select pg_promote()");
            address.to(standby.postgres().port());
            world.reconnect(standby.database(world));
            world.execute("insert into notes values (2, 'demo', 'in the gap')");

            // Then
            Fault fault = Troubles.awaitDown(ingest, FaultCode.SLOT_MISSING);
            Troubles.doAsToldBy(fault, world);
            await().atMost(World.PATIENCE).until(ingest::ready);
            world.changes.untilRows(3);
            assertThat(world.changes.keysOf("demo")).isEqualTo("1,1,2");
            assertThat(Troubles.epochs(world)).hasSize(2);
        }
    }

    @Test
    @DisplayName("I-4: a standby that never had what is published is refused, whatever it wrote since")
    void aStandbyThatNeverHadWhatIsPublishedIsRefused(EmbeddedParts parts) throws Exception {
        try (Cluster primary = Cluster.start(Map.of());
                World world = withRole(World.ofNotes(parts, primary.postgres()));
                Cluster standby = primary.standby(STANDBY_SLOT, FOLLOWS_SLOTS);
                Forwarder address = new Forwarder(primary.postgres().port());
                Ingest ingest = startAt(address, world)) {
            // Given
            world.reconnect();
            await().atMost(World.PATIENCE).until(ingest::ready);
            awaitCopyOfTheSlot(world, standby);
            standby.postgres().stop();
            world.execute("insert into notes values (1, 'demo', 'only on the old primary')");
            world.changes.untilRows(1);

            // When
            primary.postgres().kill();
            standby.postgres().start();
            standby.execute("select pg_promote()");
            world.reconnect(standby.database(world));
            world.execute("create table filler (x text);"
                    + "insert into filler select repeat('x', 60) from generate_series(1, 100000)");
            address.to(standby.postgres().port());

            // Then
            Fault fault = Troubles.awaitDown(ingest, FaultCode.SOURCE_REWOUND);
            assertThat(fault.reason()).contains("left timeline 1");
            Troubles.doAsToldBy(fault, world);
            await().atMost(World.PATIENCE).until(ingest::ready);
            world.execute("insert into notes values (2, 'demo', 'on the new one')");
            world.changes.untilRows(2);
            assertThat(world.changes.keysOf("demo")).isEqualTo("1,2");
        }
    }

    /// Everything that ingest asks and does here it may as the role that it has in production.
    private static World withRole(World world) {
        world.execute(World.file("../infra/postgres/role.sql"));
        world.execute("alter role rowcast_capture password '%s'".formatted(PASSWORD));
        return world;
    }

    private static Ingest startAt(Forwarder address, World world) {
        DatabaseUrl url = world.url();
        return world.start(world.config(
                new DatabaseUrl(url.host(), address.port(), url.database(), "rowcast_capture", PASSWORD, ""),
                world.catalog));
    }

    private static void write(RandomHistory history) throws Exception {
        for (int i = 0; i < 20; i++) {
            history.transaction();
        }
    }

    /// The copy is kept once the standby has what the slot needs; until then it would be dropped at a promotion.
    private static void awaitCopyOfTheSlot(World world, Cluster standby) {
        await().atMost(World.PATIENCE.multipliedBy(3))
                .until(() -> standby.query(
                                "select synced and not temporary and invalidation_reason is null from pg_replication_slots"
                                        + " where slot_name = 'rowcast_%s'".formatted(world.source))
                        .equals("t"));
    }

    private static void awaitReplay(World world, Cluster standby) {
        String end = world.query("select pg_current_wal_lsn()");
        await().atMost(World.PATIENCE)
                .until(() -> standby.query("select pg_last_wal_replay_lsn() >= '%s'".formatted(end))
                        .equals("t"));
    }
}
