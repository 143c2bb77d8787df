package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What is published after a part of the system went away and came back: all of it, once, in order.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RestartTest {

    private static final Duration OUTAGE = Duration.ofSeconds(5);

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("P1: a broker that is away for a while neither loses nor doubles")
    void aBrokerThatIsAwayForAWhileNeitherLosesNorDoubles(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            write(history, Duration.ofMillis(500));

            // When
            parts.kafka().stop();
            try {
                write(history, OUTAGE);
            } finally {
                parts.kafka().start();
            }
            write(history, Duration.ofMillis(500));

            // Then
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
            await().atMost(World.PATIENCE).until(ingest::ready);
        }
    }

    @Test
    @DisplayName("P1: a database that crashes under writers neither loses nor doubles")
    void aDatabaseThatCrashesNeitherLosesNorDoubles(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                NoteWriter writer = new NoteWriter(world)) {
            for (int crash = 0; crash < 2; crash++) {
                // Given
                writer.awaitMore(50);

                // When
                parts.postgres().kill();
                parts.postgres().start();
            }
            writer.awaitMore(50);
            writer.close();
            world.reconnect();

            // Then
            world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
            for (String tenant : NoteWriter.TENANTS) {
                assertThat(world.changes.keysOf(tenant)).as(tenant).isEqualTo(world.notesOf(tenant));
            }
            await().atMost(World.PATIENCE).until(ingest::ready);
        }
    }

    @Test
    @DisplayName("P1: a first snapshot that was cut is taken again, whole, under another epoch")
    void aSnapshotThatWasCutIsTakenAgainUnderAnotherEpoch(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            int rows = 30_000;
            world.execute("insert into notes select g, 'demo', repeat('x', 100) from generate_series(1, %d) g"
                    .formatted(rows));
            Process cut = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());

            // When
            try {
                world.changes.untilRows(1);
            } finally {
                cut.destroyForcibly().waitFor();
            }
            await().atMost(World.PATIENCE).until(() -> !world.isRead());
            world.execute("insert into notes values (0, 'demo', 'between')");

            // Then
            try (Ingest ingest = world.startReady()) {
                world.execute("insert into notes values (-1, 'demo', 'after')");
                world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
                List<ConsumerRecord<String, Change>> all = world.changes.rowRecords();
                long first = all.getFirst().value().getEpoch();
                List<RowChange> again = rows(all.stream()
                        .dropWhile(record -> record.value().getEpoch() == first)
                        .toList());
                assertThat(all.size() - again.size())
                        .as("rows of the cut snapshot")
                        .isBetween(1, rows - 1);
                assertThat(all.stream().map(record -> record.value().getEpoch()).distinct())
                        .hasSize(2);
                assertThat(again.subList(0, rows + 1))
                        .extracting(RowChange::getOp)
                        .containsOnly(Operation.SNAPSHOT);
                assertThat(again.subList(0, rows + 1))
                        .extracting(RowChange::getKey)
                        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(0, rows)
                                .mapToObj(Integer::toString)
                                .toList());
                assertThat(again.subList(rows + 1, again.size()))
                        .extracting(RowChange::getOp, RowChange::getKey)
                        .containsExactly(org.assertj.core.groups.Tuple.tuple(Operation.CREATE, "-1"));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("P1: a process that is killed between the parts of a transaction goes on behind them")
    void aTransactionThatWasCutGoesOnBehindItsPublishedParts(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            int rows = 40_000;
            world.runOnce();
            world.execute("begin; insert into notes values (0, 'other', 'first');"
                    + "insert into notes select g, 'demo', 'many' from generate_series(1, %d) g; commit"
                            .formatted(rows));
            world.execute("insert into notes values (%d, 'demo', 'next')".formatted(rows + 1));

            // When: twice, as the second one has to count what the first one left
            for (int kill = 0; kill < 2; kill++) {
                Process cut = ChildProcess.start(world, 7);
                try {
                    world.changes.untilRows(world.changes.rows().size() + 1);
                } finally {
                    cut.destroyForcibly().waitFor();
                }
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
            }
            assertThat(world.changes.rows())
                    .as("cut in the middle")
                    .noneMatch(row -> row.getTx().getLast());

            // Then
            try (Ingest ingest = world.startReady()) {
                world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
                assertThat(world.changes.keysOf("demo"))
                        .isEqualTo(String.join(
                                ",",
                                IntStream.rangeClosed(1, rows + 1)
                                        .mapToObj(Integer::toString)
                                        .toList()));
                assertThat(world.changes.keysOf("other")).isEqualTo("0");
                assertThat(world.changes.rows().stream()
                                .filter(row -> row.getTx().getLast())
                                .map(RowChange::getKey))
                        .containsExactlyInAnyOrder("0", "" + rows, "" + (rows + 1));
                assertThat(world.changes.rowRecords().stream()
                                .filter(record -> record.key().equals("demo"))
                                .map(record -> ((RowChange) record.value().getBody())
                                        .getTx()
                                        .getIndex())
                                .toList()
                                .subList(0, rows))
                        .isEqualTo(IntStream.rangeClosed(1, rows).boxed().toList());
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    private static void write(RandomHistory history, Duration how) {
        long end = System.nanoTime() + how.toNanos();
        await().atMost(World.PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            history.transaction();
            return System.nanoTime() > end;
        });
    }

    private static List<RowChange> rows(List<ConsumerRecord<String, Change>> records) {
        return records.stream()
                .map(record -> (RowChange) record.value().getBody())
                .toList();
    }
}
