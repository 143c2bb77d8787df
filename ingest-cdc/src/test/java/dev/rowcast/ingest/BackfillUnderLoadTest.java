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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A row that a backfill sends must say exactly what a reader of the topic knows already: then it is neither older
/// than what came before it nor newer than what comes next.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class BackfillUnderLoadTest {

    private static final int IDS = 1_500;

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("I-12: no row of a backfill is older than what was sent of its key, nor newer than what comes next")
    void aBackfillNeverContradictsTheLog(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            backfillWhileWriting(world, "set synchronous_commit to local");
        }
    }

    @Test
    @DisplayName("I-12: nor when commits are in the log before readers see them")
    void notEvenWhenCommitsAreHeldBack(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            world.execute("set synchronous_commit to local");
            try (CommitJolts jolts = new CommitJolts(world)) {
                backfillWhileWriting(world, "");
                assertThat(jolts.count()).isGreaterThan(3);
            }
        }
    }

    private void backfillWhileWriting(World world, String before) throws Exception {
        // Given
        world.execute("insert into notes select i, 'demo', 'first' from generate_series(1, %d) i".formatted(IDS));
        IngestConfig config =
                world.config().withLimits(new CaptureLimits(50, CaptureLimits.DEFAULT.transactionBytes()));
        try (Ingest ingest = world.startReady(config)) {
            Backfills backfills = new Backfills(world);

            // When
            long committed;
            try (NoteChanger one = new NoteChanger(world, seed, IDS, before);
                    NoteChanger two = new NoteChanger(world, seed + 1, IDS, before);
                    NoteChanger three = new NoteChanger(world, seed + 2, IDS, "set synchronous_commit to local")) {
                List<String> ids = List.of(backfills.request("public.notes"), backfills.request("public.notes"));
                for (String id : ids) {
                    assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                }
                committed = one.committed() + two.committed() + three.committed();
            }

            // Then
            assertThat(committed).as("seed %d", seed).isGreaterThan(100);
            world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
            Map<String, String> table = table(world);
            assertThat(replayRaw(world)).as("seed %d", seed).isEqualTo(table);
            assertThat(replayChanges(world)).as("seed %d", seed).isEqualTo(table);
            System.out.printf("seed %d: %d transactions beside two backfills%n", seed, committed);
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("P1: kill -9 during a backfill neither loses nor doubles a change, and the backfill goes on")
    void aKilledProcessGoesOnWithTheBackfill(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.execute("insert into notes select -i, 'demo', 'old' from generate_series(1, 12000) i");
            RandomHistory history = new RandomHistory(world, seed);
            Random random = new Random(seed);
            world.startReady().close();
            Backfills backfills = new Backfills(world);
            String id = backfills.request("public.notes");

            // When
            int kills = 0;
            while (backfills.state(id).equals("requested")
                    || backfills.state(id).equals("running") && kills < 6) {
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
                long rows = backfills.rows(id);
                Process process = ChildProcess.start(world, 5);
                try {
                    await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                    await().atMost(Backfills.PATIENCE)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> {
                                history.transaction();
                                return backfills.rows(id) > rows + random.nextInt(2000)
                                        || backfills.state(id).equals("done");
                            });
                } finally {
                    process.destroyForcibly().waitFor();
                    kills++;
                }
            }

            // Then
            try (Ingest ingest = world.startReady()) {
                assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                assertThat(kills).isGreaterThan(2);
                assertThat(history.seen()).as("seed %d, %d kills", seed, kills).isEqualTo(history.expected());
                long again = world.changes.rows().stream()
                        .filter(change -> change.getOp() == Operation.SNAPSHOT)
                        .filter(change -> change.getKey().startsWith("-"))
                        .map(RowChange::getKey)
                        .count();
                assertThat(again).as("a chunk a kill may come twice").isBetween(24_000L, 24_000L + kills * 1_000L);
                assertThat(replayRaw(world)).isEqualTo(table(world));
                assertThat(world.changes.rowRecords())
                        .extracting(record -> new String(
                                record.headers().lastHeader("ce_id").value(), java.nio.charset.StandardCharsets.UTF_8))
                        .doesNotHaveDuplicates();
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    private Map<String, String> table(World world) throws Exception {
        Map<String, String> table = new TreeMap<>();
        try (Connection connection = world.database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, site_id || ' ' || body from notes")) {
            while (row.next()) {
                table.put(row.getString(1), row.getString(2));
            }
        }
        return table;
    }

    private Map<String, String> replayRaw(World world) {
        Map<String, String> known = new TreeMap<>();
        for (ConsumerRecord<GenericRecord, GenericRecord> record : RawReader.all(world, "public.notes")) {
            GenericRecord value = record.value();
            String key = record.key().get("id").toString();
            if (value == null) {
                continue;
            }
            GenericRecord after = (GenericRecord) value.get("after");
            String now = after == null ? "" : after.get("site_id") + " " + after.get("body");
            if (isBackfilled((GenericRecord) value.get("source"))) {
                assertThat(now)
                        .as("seed %d: row %s of a backfill at offset %d", seed, key, record.offset())
                        .isEqualTo(known.get(key));
            }
            if (after == null) {
                known.remove(key);
            } else {
                known.put(key, now);
            }
        }
        return known;
    }

    private static boolean isBackfilled(GenericRecord source) {
        return "incremental".equals(Objects.toString(source.get("snapshot")));
    }

    /// Partitions have no order between them, so a row that moved is where its tenant is.
    private Map<String, String> replayChanges(World world) {
        Map<String, Map<String, String>> byTenant = new TreeMap<>();
        long backfill = Long.MAX_VALUE;
        for (ConsumerRecord<String, Change> record : world.changes.rowRecords()) {
            RowChange change = (RowChange) record.value().getBody();
            Map<String, String> known = byTenant.computeIfAbsent(record.key(), tenant -> new TreeMap<>());
            if (change.getOp() == Operation.DELETE) {
                known.remove(change.getKey());
                continue;
            }
            Map<String, String> after = Objects.requireNonNull(change.getAfter());
            String now = record.key() + " " + after.getOrDefault("body", "").replace("\"", "");
            boolean odd = change.getTx().getFirstLsn() % 2 == 1;
            backfill = odd ? Math.min(backfill, change.getTx().getFirstLsn()) : backfill;
            if (change.getOp() == Operation.SNAPSHOT && odd) {
                assertThat(now).as("seed %d: %s of a backfill", seed, change).isEqualTo(known.get(change.getKey()));
            }
            known.put(change.getKey(), now);
        }
        assertThat(backfill).isLessThan(Long.MAX_VALUE);
        Map<String, String> all = new TreeMap<>();
        byTenant.values().forEach(all::putAll);
        return all;
    }
}
