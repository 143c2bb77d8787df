package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.position.Lsn;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RowImagesTest {

    private static final String KEYS_SQL = """
            create table by_text (k text primary key, v int);
            create table by_uuid (k uuid primary key, v int);
            create table by_numeric (k numeric primary key, v int);
            create table by_two (a text, b text, v int, primary key (b, a));
            create table by_three (a int, b timestamptz, c numeric(10,2), v int, primary key (a, b, c));
            create table by_identity (k bigint generated always as identity primary key, v int,
              twice int generated always as (v * 2) stored);
            alter table by_text replica identity full;
            alter table by_uuid replica identity full;
            alter table by_numeric replica identity full;
            alter table by_two replica identity full;
            alter table by_three replica identity full;
            alter table by_identity replica identity full;
            """;

    private static final String KEYS_CATALOG = """
            tenancy: {constant: default}
            channels: {all: {access: tenant}}
            tables:
              public.by_text: {entity: text, channels: ["all:1"], deliver: [v]}
              public.by_uuid: {entity: uuid, channels: ["all:1"], deliver: [v]}
              public.by_numeric: {entity: numeric, channels: ["all:1"], deliver: [v]}
              public.by_two: {entity: two, channels: ["all:1"], deliver: [v]}
              public.by_three: {entity: three, channels: ["all:1"], deliver: [v]}
              public.by_identity: {entity: identity, channels: ["all:1"], deliver: [v, twice]}
            """;

    @Test
    @DisplayName(
            "Row images: a key is told so that two keys never look the same, and its change is a delete and a create")
    void keysOfEveryKind(EmbeddedParts parts) throws Exception {
        try (World world = World.of(
                        parts, KEYS_SQL, "by_text, by_uuid, by_numeric, by_two, by_three, by_identity", KEYS_CATALOG);
                Ingest ingest = withGeneratedColumns(world).startReady()) {
            String odd = "a,b ~1%2C \"q\" '\u00e9\uD83D\uDE00\\";

            // When
            world.execute("insert into by_text values ('%s', 1); update by_text set k = 'new'; delete from by_text"
                    .formatted(odd.replace("'", "''")));
            world.execute("insert into by_text values ('', 1)");
            world.execute("insert into by_uuid values ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 1)");
            world.execute("insert into by_numeric values (12345678901234567890.10, 1)");
            world.execute("insert into by_two values ('c', 'a,b', 1), ('b,c', 'a', 1), ('', '', 1)");
            world.execute("update by_two set a = 'd' where a = 'c'; delete from by_two where a = 'b,c'");
            world.execute("insert into by_three values (1, '2024-01-02 03:04:05Z', 1.5, 1)");
            world.execute("insert into by_identity (v) values (5); update by_identity set v = 6");

            // Then
            assertThat(told(world))
                    .containsExactly(
                            tuple("public.by_text", "CREATE", odd),
                            tuple("public.by_text", "DELETE", odd),
                            tuple("public.by_text", "CREATE", "new"),
                            tuple("public.by_text", "DELETE", "new"),
                            tuple("public.by_text", "CREATE", ""),
                            tuple("public.by_uuid", "CREATE", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                            tuple("public.by_numeric", "CREATE", "12345678901234567890.10"),
                            tuple("public.by_two", "CREATE", "a~1b,c"),
                            tuple("public.by_two", "CREATE", "a,b~1c"),
                            tuple("public.by_two", "CREATE", ","),
                            tuple("public.by_two", "DELETE", "a~1b,c"),
                            tuple("public.by_two", "CREATE", "a~1b,d"),
                            tuple("public.by_two", "DELETE", "a,b~1c"),
                            tuple("public.by_three", "CREATE", "1,2024-01-02T03:04:05.000000Z,1.50"),
                            tuple("public.by_identity", "CREATE", "1"),
                            tuple("public.by_identity", "UPDATE", "1"));
            assertThat(world.changes.rows().getLast().getAfter()).isEqualTo(Map.of("v", "6", "twice", "12"));
            assertThat(KeyText.split("a~1b,c")).containsExactly("a,b", "c");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "Row images: both audiences are told of a row that moves, by any replica identity that holds what routes it")
    void movesReachBothAudiences(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, """
                        create table full_rows (id int primary key, site_id text not null, room int not null, body text);
                        create table keyed (site_id text, room int, id int, primary key (site_id, room, id));
                        create table indexed (id int primary key, site_id text not null, room int not null, body text);
                        create unique index indexed_identity on indexed (id, site_id, room);
                        alter table full_rows replica identity full;
                        alter table indexed replica identity using index indexed_identity;
                        """, "full_rows, keyed, indexed", """
                        tenancy: {column: site_id}
                        channels: {room: {access: tenant}}
                        tables:
                          public.full_rows: {entity: f, channels: ["room:{room}"], deliver: [body]}
                          public.keyed: {entity: k, channels: ["room:{room}"]}
                          public.indexed: {entity: i, channels: ["room:{room}"]}
                        """);
                Ingest ingest = world.startReady()) {
            // When: each row moves between channels, then between tenants, then goes
            world.execute("insert into full_rows values (1, 'a', 1, 'x'); update full_rows set room = 2;"
                    + "update full_rows set site_id = 'b', room = 3; delete from full_rows");
            world.execute("insert into keyed values ('a', 1, 1); update keyed set room = 2;"
                    + "update keyed set site_id = 'b', room = 3; delete from keyed");
            world.execute(
                    "insert into indexed values (1, 'a', 1, 'x'); update indexed set body = 'y'; update indexed set room = 2;"
                            + "update indexed set site_id = 'b', room = 3; delete from indexed");

            // Then
            assertThat(audiences(world, "public.full_rows"))
                    .containsExactlyInAnyOrder(
                            "a CREATE -1", "a UPDATE 1-2", "a DELETE 2-", "b CREATE -3", "b DELETE 3-");
            assertThat(audiences(world, "public.keyed"))
                    .containsExactlyInAnyOrder(
                            "a CREATE -1", "a DELETE 1-", "a CREATE -2", "a DELETE 2-", "b CREATE -3", "b DELETE 3-");
            assertThat(audiences(world, "public.indexed"))
                    .containsExactlyInAnyOrder(
                            "a CREATE -1", "a UPDATE -1", "a UPDATE 1-2", "a DELETE 2-", "b CREATE -3", "b DELETE 3-");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("Row images: rows of partitions come under the root's name, wherever they move")
    void partitionsComeThroughTheRoot(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, """
                create table logs (id int, day int, body text, primary key (id, day)) partition by range (day);
                create table logs_1 partition of logs for values from (1) to (10);
                create table logs_2 partition of logs for values from (10) to (20) partition by range (day);
                create table logs_2a partition of logs_2 for values from (10) to (20);
                alter table logs replica identity full;
                alter table logs_1 replica identity full;
                alter table logs_2 replica identity full;
                alter table logs_2a replica identity full;
                """, "logs", """
                tenancy: {constant: default}
                channels: {all: {access: tenant}}
                tables:
                  public.logs: {entity: log, channels: ["all:1"], deliver: [body]}
                """)) {
            world.execute(
                    "alter publication rowcast_%s set (publish_via_partition_root = true)".formatted(world.source));
            try (Ingest ingest = world.startReady()) {
                // When
                world.execute(
                        "insert into logs values (1, 1, 'a'), (2, 10, 'b'); update logs set body = 'c' where id = 1;"
                                + "update logs set day = 11 where id = 1; delete from logs where id = 2; truncate logs_2; truncate logs");

                // Then
                assertThat(told(world))
                        .containsExactly(
                                tuple("public.logs", "CREATE", "1,1"),
                                tuple("public.logs", "CREATE", "2,10"),
                                tuple("public.logs", "UPDATE", "1,1"),
                                tuple("public.logs", "DELETE", "1,1"),
                                tuple("public.logs", "CREATE", "1,11"),
                                tuple("public.logs", "DELETE", "2,10"),
                                tuple("public.logs", "TRUNCATE", ""));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("Row images: a truncation of several tables is told of each")
    void truncationsOfSeveralTables(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, """
                        create table parents (id int primary key);
                        create table children (id int primary key, parent int references parents);
                        create table others (id int primary key);
                        """, "parents, children, others", """
                        tenancy: {constant: default}
                        channels: {all: {access: tenant}}
                        tables:
                          public.parents: {entity: p, channels: ["all:1"]}
                          public.children: {entity: c, channels: ["all:1"]}
                          public.others: {entity: o, channels: ["all:1"]}
                        """);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("begin; insert into parents values (1); truncate parents restart identity cascade;"
                    + "insert into others values (1); truncate others, children, parents; commit");

            // Then
            List<Tuple> told = told(world);
            assertThat(told).hasSize(7);
            assertThat(told.get(0)).isEqualTo(tuple("public.parents", "CREATE", "1"));
            assertThat(told.subList(1, 3))
                    .containsExactlyInAnyOrder(
                            tuple("public.parents", "TRUNCATE", ""), tuple("public.children", "TRUNCATE", ""));
            assertThat(told.get(3)).isEqualTo(tuple("public.others", "CREATE", "1"));
            assertThat(told.subList(4, 7))
                    .containsExactlyInAnyOrder(
                            tuple("public.parents", "TRUNCATE", ""),
                            tuple("public.children", "TRUNCATE", ""),
                            tuple("public.others", "TRUNCATE", ""));
            assertThat(ingest.ready()).isTrue();
        }
    }

    /// Postgres 18 refuses updates of a table whose replica identity has generated columns that are not published.
    private static World withGeneratedColumns(World world) {
        world.execute("alter publication rowcast_%s set (publish_generated_columns = stored)".formatted(world.source));
        return world;
    }

    private static List<Tuple> told(World world) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        return world.changes.rows().stream()
                .map(row -> tuple(row.getTable(), row.getOp().name(), row.getKey()))
                .toList();
    }

    /// Tenant, operation, and the room before and after.
    private static List<String> audiences(World world, String table) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        return world.changes.rowRecords().stream()
                .filter(record ->
                        ((RowChange) record.value().getBody()).getTable().equals(table))
                .map(record -> {
                    RowChange row = (RowChange) record.value().getBody();
                    return "%s %s %s-%s"
                            .formatted(record.key(), row.getOp(), room(row.getBefore()), room(row.getAfter()));
                })
                .toList();
    }

    private static String room(Map<String, String> image) {
        return image == null ? "" : image.getOrDefault("room", "?");
    }
}
