package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Backfills of all kinds of tables, and how they begin, wait and end.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class BackfillTablesTest {

    private static final String CATALOG = """
            tenancy: {constant: demo}
            channels:
              all: {access: tenant}
            tables:
              public.%s: {entity: item, channels: ["all:x"]}
            """;

    static Stream<Arguments> keys() {
        return Stream.of(
                arguments("id uuid, primary key (id)", "md5(i::text)::uuid"),
                arguments("id text, primary key (id)", "'ä'';\\\"--' || md5(i::text)"),
                arguments("id varchar(40) collate \"C\", primary key (id)", "'K' || i"),
                arguments("id char(12), primary key (id)", "' k' || i"),
                arguments("id numeric(20,3), primary key (id)", "-i * 1.5"),
                arguments("id bytea, primary key (id)", "decode(md5(i::text), 'hex')"),
                arguments(
                        "id timestamptz, primary key (id)",
                        "timestamptz '2026-01-01 00:00:00.000001Z' + i * interval '1.5 s'"),
                arguments("id date, \"Part No\" int default 7, primary key (\"Part No\", id)", "date '2026-01-01' + i"),
                arguments(
                        "id int, part text default 'a,b', other bigint default 9, primary key (part, id, other)", "i"),
                arguments("id bigint, gone int, primary key (id)", "9007199254740993 + i"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    @DisplayName("I-12: a backfill reads every row once, whatever the key is")
    void everyKindOfKeyIsReadInChunks(String columns, String value, EmbeddedParts parts) throws Exception {
        String create = "create table \"Items\" (%s, body text); alter table \"Items\" replica identity full;"
                .formatted(columns);
        try (World world = World.of(parts, create, "\"Items\"", CATALOG.formatted("Items"))) {
            // Given
            world.execute("insert into \"Items\" (id, body) select %s, 'b' || i from generate_series(1, 2300) i"
                    .formatted(value));
            if (columns.contains("gone")) {
                world.execute("alter table \"Items\" drop column gone; alter table \"Items\" add column late text");
            }
            try (Ingest ingest = world.startReady()) {
                // When
                Backfills backfills = new Backfills(world);
                String id = backfills.request("public.Items");

                // Then
                assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                assertThat(backfills.rows(id)).isEqualTo(2300);
                world.changes.untilRows(4600);
                List<String> keys =
                        world.changes.rows().stream().map(RowChange::getKey).toList();
                assertThat(keys.subList(2300, 4600))
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(keys.subList(0, 2300));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("I-12: a partitioned table is read through its root")
    void aPartitionedTableIsReadThroughItsRoot(EmbeddedParts parts) throws Exception {
        String create = """
                create table items (id int, at date, body text, primary key (id, at)) partition by range (at);
                create table items_1 partition of items for values from ('2026-01-01') to ('2026-02-01');
                create table items_2 partition of items for values from ('2026-02-01') to ('2026-03-01');
                alter table items replica identity full;
                alter table items_1 replica identity full;
                alter table items_2 replica identity full;""";
        try (World world = World.of(parts, create, "items", CATALOG.formatted("items"))) {
            world.execute(
                    "alter publication rowcast_%s set (publish_via_partition_root = true)".formatted(world.source));
            world.execute("insert into items select i, date '2026-01-01' + i %% 59, 'x' from generate_series(1, 1500) i"
                    .formatted());
            try (Ingest ingest = world.startReady()) {
                Backfills backfills = new Backfills(world);

                String id = backfills.request("public.items");

                assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                assertThat(backfills.rows(id)).isEqualTo(1500);
                world.changes.until(records -> world.changes.rows().stream()
                                .filter(change -> change.getTx().getFirstLsn() % 2 == 1)
                                .count()
                        == 1500);
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("I-10: a backfill brings large values that the log leaves out, also under updates of their rows")
    void largeValuesComeWhateverIsWritten(EmbeddedParts parts) throws Exception {
        String create = """
                create table items (id int primary key, n int not null default 0, big text);
                alter table items alter column big set storage external;""";
        try (World world = World.of(parts, create, "items", CATALOG.formatted("items"))) {
            // Given
            world.execute(
                    "insert into items (id, big) select i, repeat(i::text, 3000) from generate_series(1, 1500) i");
            try (Ingest ingest = world.startReady()) {
                Backfills backfills = new Backfills(world);
                long before = RawReader.all(world, "public.items").size();

                // When
                String id;
                try (Hammer hammer = new Hammer(world, "update items set n = n + 1 where id = 1 + random() * 1499")) {
                    id = backfills.request("public.items");
                    assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                    assertThat(hammer.count()).isPositive();
                }

                // Then
                var known = new TreeMap<String, String>();
                RawReader.all(world, "public.items").stream().skip(before).forEach(record -> {
                    String big =
                            Objects.toString(((GenericRecord) record.value().get("after")).get("big"));
                    if (!big.startsWith("__debezium")) {
                        known.put(record.key().get("id").toString(), big);
                    }
                });
                assertThat(known).hasSize(1500);
                known.forEach((key, big) -> assertThat(big).isEqualTo(key.repeat(3000)));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("I-9: a table that joined the catalog later streams after a restart, and a backfill brings its rows")
    void aNewTableGetsItsRows(EmbeddedParts parts) throws Exception {
        String tables = World.NOTES_SQL + """
                create table later (id int primary key, site_id text not null, body text);
                alter table later replica identity full;
                insert into later select i, 'demo', 'old' from generate_series(1, 20) i;""";
        try (World world = World.of(parts, tables, "notes, tags", World.NOTES_CATALOG)) {
            // Given
            world.startReady().close();
            IngestConfig wider = world.config(
                    world.url(),
                    World.catalog(
                            world.source,
                            World.NOTES_CATALOG
                                    + "  public.later: {entity: later, channels: [\"site:{site_id}\"], deliver: [body]}\n"));
            world.execute("alter publication rowcast_%s add table later".formatted(world.source));

            // When
            try (Ingest ingest = world.startReady(wider)) {
                world.execute("update later set body = 'new' where id = 3");
                Backfills backfills = new Backfills(world);
                String id = backfills.request("public.later");

                // Then
                assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
                world.changes.until(records -> world.changes.rows().size() >= 21);
                List<RowChange> rows = world.changes.rows();
                assertThat(rows.getFirst().getOp()).isEqualTo(Operation.UPDATE);
                assertThat(rows.stream().skip(1)).hasSize(20).allMatch(row -> row.getOp() == Operation.SNAPSHOT);
                assertThat(rows.stream().filter(row -> row.getKey().equals("3")))
                        .allMatch(row -> "\"new\""
                                .equals(Objects.requireNonNull(row.getAfter()).get("body")));
            }
        }
    }

    @Test
    void aBackfillWaitsForWhatWasOpenWhenItBeganAndCanBeEndedMeanwhile(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                Connection other = world.database.connect();
                Statement open = other.createStatement()) {
            // Given
            world.execute("insert into notes select i, 'demo', 'x' from generate_series(1, 10) i");
            other.setAutoCommit(false);
            open.execute("update notes set body = 'open' where id = 5");
            Backfills backfills = new Backfills(world);

            // When
            String first = backfills.request("public.notes");
            String second = backfills.request("public.notes");
            await().atMost(World.PATIENCE).until(() -> backfills.reason(first).contains("waits for a transaction"));
            assertThat(backfills.state(second)).isEqualTo("requested");
            assertThat(ingest.snapshots().open()).isPositive();
            world.execute("update rowcast.backfills set cancel = true where id = " + first);

            // Then
            assertThat(backfills.awaitEnd(first)).isEqualTo("cancelled");
            assertThat(backfills.rows(first)).isZero();
            await().atMost(World.PATIENCE).until(() -> backfills.state(second).equals("running"));
            other.commit();
            assertThat(backfills.awaitEnd(second)).isEqualTo("done");
            assertThat(backfills.rows(second)).isEqualTo(10);
        }
    }

    @Test
    void moreThanAHundredThatWaitAreRefused(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            Backfills backfills = new Backfills(world);
            world.execute("insert into rowcast.backfills (source, table_name)"
                    + " select '%s', 'public.tags' from generate_series(1, 105) i".formatted(world.source));

            // When
            try (Ingest ingest = world.startReady()) {
                String last = world.query("select max(id) from rowcast.backfills");

                // Then
                assertThat(backfills.awaitEnd(last)).isEqualTo("refused");
                assertThat(backfills.reason(last)).contains("100 backfills wait already");
                await().atMost(Backfills.PATIENCE)
                        .until(() -> world.query("select count(*) from rowcast.backfills where state = 'done'")
                                .equals("100"));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    void aTableThatVanishesFailsWithTheReasonAndTheOthersGoOn(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("drop table tags");
            Backfills backfills = new Backfills(world);

            // When
            String gone = backfills.request("public.tags");
            String there = backfills.request("public.notes");

            // Then
            assertThat(backfills.awaitEnd(gone)).isEqualTo("failed");
            assertThat(backfills.reason(gone)).contains("there is no table public.tags");
            assertThat(backfills.awaitEnd(there)).isEqualTo("done");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("a database with an older set-up has no backfills, and streams all the same")
    void anOlderSetUpStillStreams(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            world.execute("drop table rowcast.backfills");

            try (Ingest ingest = world.startReady()) {
                world.execute("insert into notes values (1, 'demo', 'a')");

                world.changes.untilRows(1);
                assertThat(ingest.ready()).isTrue();
            }
        }
    }
}
