package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.quarantine.QuarantineCode;
import dev.rowcast.ingest.quarantine.QuarantinedTable;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// One running ingest meets every kind of DDL, each on a table of its own, while another table flows beside.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class SchemaChangeTest {

    /// What becomes of the table.
    private enum End {
        /// Its rows go on, with right values.
        FLOWS,
        /// Its rows go on, and its watchers are told to refetch.
        FLOWS_AFTER_RESET,
        /// It is set aside with a reason, and its watchers are told to refetch.
        QUARANTINED
    }

    /// @param ddl runs on a table `t` (id int primary key, site text not null, a text, b text, n int, spare text)
    /// with a row in it; `$` is the publication
    /// @param dml changes a row afterwards; empty where none is possible
    /// @param told what must be in the last change of the table, as JSON text of the columns that are delivered
    private record Case(String name, String ddl, String dml, End end, String told) {}

    private static final List<Case> CASES = List.of(
            flows("add a nullable column", "alter table t add x text"),
            flows("add a column with a default", "alter table t add x int default 5"),
            flows("add a column that is not null", "alter table t add x int not null default 5"),
            flows("drop a column that the catalog does not name", "alter table t drop spare"),
            flows("rename a column that the catalog does not name", "alter table t rename spare to rest"),
            quarantined("drop a column that is delivered", "alter table t drop a", "a"),
            quarantined("drop a column that routes", "alter table t drop n", "n"),
            quarantined("drop the tenancy column", "alter table t drop site", "site"),
            quarantined("rename a column that is delivered", "alter table t rename a to c", "a"),
            new Case(
                    "swap the names of two columns",
                    "alter table t rename a to c; alter table t rename b to a; alter table t rename c to b",
                    "update t set a = 'A', b = 'B'",
                    End.FLOWS_AFTER_RESET,
                    "{a=\"A\", b=\"B\"}"),
            new Case(
                    "int to bigint",
                    "alter table t alter n type bigint",
                    "update t set n = 1, a = 'A', b = 'B'",
                    End.FLOWS_AFTER_RESET,
                    "{a=\"A\", b=\"B\"}"),
            new Case(
                    "text to int",
                    "alter table t alter a type int using 1",
                    "update t set a = 7",
                    End.QUARANTINED,
                    "SCHEMA_REFUSED"),
            new Case(
                    "varchar to text",
                    "alter table t alter a type varchar(50); update t set a = 'x'; alter table t alter a type text",
                    "update t set a = 'A', b = 'B'",
                    End.FLOWS_AFTER_RESET,
                    "{a=\"A\", b=\"B\"}"),
            flows(
                    "the scale of a numeric that the catalog does not name",
                    "alter table t alter spare type numeric(10,2) using 1;"
                            + "alter table t alter spare type numeric(12,4)"),
            flows(
                    "set and drop a default",
                    "alter table t alter b set default 'x'; alter table t alter b drop default"),
            flows("set not null", "alter table t alter spare set not null"),
            flows("drop not null", "alter table t alter spare set not null; alter table t alter spare drop not null"),
            new Case(
                    "add a column to the key",
                    "alter table t drop constraint t_pkey, add primary key (id, n)",
                    "update t set a = 'A', b = 'B'",
                    End.QUARANTINED,
                    "SCHEMA_REFUSED"),
            new Case(
                    "drop the key",
                    "alter table t drop constraint t_pkey",
                    "update t set a = 'A'",
                    End.QUARANTINED,
                    "primary key"),
            new Case(
                    "rename the table away",
                    "alter table t rename to t_away",
                    "update t_away set a = 'A'",
                    End.QUARANTINED,
                    "does not exist"),
            new Case("drop the table", "drop table t", "", End.QUARANTINED, "does not exist"),
            new Case(
                    "drop and make it again",
                    "drop table t; create table t (id int primary key, site text not null, a text, b text, n int, spare text);"
                            + "alter table t replica identity full; alter publication $ add table t",
                    "insert into t values (1, 'demo', 'A', 'B', 1, '')",
                    End.FLOWS,
                    "{a=\"A\", b=\"B\"}"),
            new Case(
                    "rename another table into its name",
                    "alter table t rename to t_away; create table t (id int primary key, site text not null, n int, b text, a text);"
                            + "alter table t replica identity full; alter publication $ add table t",
                    "insert into t values (1, 'demo', 1, 'B', 'A')",
                    End.FLOWS_AFTER_RESET,
                    "{a=\"A\", b=\"B\"}"),
            flows(
                    "publish a table that the catalog does not name",
                    "create table stranger_t (id int primary key); alter publication $ add table stranger_t; insert into stranger_t values (1)"),
            new Case(
                    "take the table out of the publication",
                    "alter publication $ drop table t",
                    "",
                    End.QUARANTINED,
                    "not in publication"),
            new Case(
                    "a row filter in the publication",
                    "alter publication $ drop table t; alter publication $ add table t where (id > 100)",
                    "",
                    End.QUARANTINED,
                    "id > 100"),
            new Case(
                    "a column list in the publication",
                    "alter publication $ drop table t; alter table t replica identity default; alter publication $ add table t (id, site, n)",
                    "",
                    End.QUARANTINED,
                    "a"),
            new Case(
                    "narrow the replica identity",
                    "alter table t replica identity default",
                    "update t set n = 2",
                    End.QUARANTINED,
                    "in the log"),
            new Case(
                    "DDL between DML in one transaction",
                    "begin; update t set a = 'before'; alter table t add x text; update t set x = 'y'; commit",
                    "update t set a = 'A', b = 'B'",
                    End.FLOWS,
                    "{a=\"A\", b=\"B\"}"),
            new Case(
                    "truncate and DDL in one transaction",
                    "begin; truncate t; alter table t add x int not null default 1; commit",
                    "insert into t values (1, 'demo', 'A', 'B', 1, '', 2)",
                    End.FLOWS,
                    "{a=\"A\", b=\"B\"}"),
            new Case(
                    "rename the schema",
                    "create schema moved; alter table t set schema moved",
                    "update moved.t set a = 'A'",
                    End.QUARANTINED,
                    "does not exist"));

    private static Case flows(String name, String ddl) {
        return new Case(name, ddl, "update t set a = 'A', b = 'B'", End.FLOWS, "{a=\"A\", b=\"B\"}");
    }

    private static Case quarantined(String name, String ddl, String missing) {
        return new Case(name, ddl, "update t set b = 'B'", End.QUARANTINED, missing);
    }

    @Test
    @DisplayName("I-14: after any DDL a table's rows go on or the table is quarantined, and the others never stop")
    void everyKindOfDdl(EmbeddedParts parts) throws Exception {
        StringBuilder tables = new StringBuilder("create table beside (id int primary key);");
        StringBuilder rules = new StringBuilder();
        List<String> names = new ArrayList<>(List.of("beside"));
        for (int i = 0; i < CASES.size(); i++) {
            String name = "t" + i;
            names.add(name);
            tables.append("create table t (id int primary key, site text not null, a text, b text, n int, spare text);"
                            .replaceAll("\\bt\\b", name))
                    .append("alter table %s replica identity full; insert into %s values (1, 'demo', 'a', 'b', 1, '');"
                            .formatted(name, name));
            rules.append("  public.%s: {entity: e%d, channels: [\"n:{n}\"], deliver: [a, b]}%n".formatted(name, i));
        }
        try (World world = World.of(
                        parts,
                        tables.toString()
                                .replace(
                                        "create table beside (id int primary key)",
                                        "create table beside (id int primary key, site text not null); alter table beside replica identity full"),
                        String.join(", ", names),
                        """
                        tenancy: {column: site}
                        channels: {n: {access: tenant}}
                        tables:
                          public.beside: {entity: beside, channels: ["n:1"]}
                        """ + rules);
                Ingest ingest = world.startReady()) {
            List<String> wrong = new ArrayList<>();

            // When
            for (int i = 0; i < CASES.size(); i++) {
                Case each = CASES.get(i);
                world.execute(named(each.ddl(), i, world));
                if (!each.dml().isEmpty()) {
                    world.execute(named(each.dml(), i, world));
                }
                world.execute("insert into beside values (%d, 'demo')".formatted(i));
            }

            // Then
            for (int i = 0; i < CASES.size(); i++) {
                int at = i;
                Case each = CASES.get(i);
                if (each.end() == End.QUARANTINED) {
                    await(each.name())
                            .atMost(World.PATIENCE)
                            .untilAsserted(() -> assertThat(quarantined(ingest, at))
                                    .hasValueSatisfying(table -> assertThat(table.code() + " " + table.reason())
                                            .contains(each.told())));
                }
            }
            world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
            for (int i = 0; i < CASES.size(); i++) {
                check(world, ingest, i).ifPresent(wrong::add);
            }
            assertThat(wrong).isEmpty();
            assertThat(rows(world, "public.beside")).hasSize(CASES.size());
            assertThat(ingest.ready()).isTrue();
            assertThat(world.meters.get("rowcast.ingest.restarts").counter().count())
                    .isZero();
        }
    }

    private static String named(String sql, int index, World world) {
        return sql.replaceAll("\\bt\\b", "t" + index)
                .replaceAll("\\bt_", "t" + index + "_")
                .replaceAll("_t\\b", "_t" + index)
                .replaceAll("\\bmoved\\b", "moved" + index)
                .replace("$", "rowcast_" + world.source);
    }

    private static Optional<QuarantinedTable> quarantined(Ingest ingest, int index) {
        return ingest.quarantined().stream()
                .filter(table -> table.table().toString().equals("public.t" + index))
                .findFirst();
    }

    private static Optional<String> check(World world, Ingest ingest, int index) {
        Case each = CASES.get(index);
        List<RowChange> rows = rows(world, "public.t" + index);
        boolean reset = rows.stream().anyMatch(row -> row.getOp() == Operation.RESET);
        Optional<QuarantinedTable> quarantined = quarantined(ingest, index);
        List<RowChange> told =
                rows.stream().filter(row -> row.getAfter() != null).toList();
        String last = told.isEmpty()
                ? ""
                : new java.util.TreeMap<>(told.getLast().getAfter()) {
                    private static final long serialVersionUID = 1L;

                    {
                        keySet().retainAll(List.of("a", "b"));
                    }
                }.toString();
        boolean right = switch (each.end()) {
            case FLOWS -> quarantined.isEmpty() && last.equals(each.told());
            case FLOWS_AFTER_RESET -> quarantined.isEmpty() && reset && last.equals(each.told());
            case QUARANTINED ->
                reset
                        && quarantined
                                .filter(table -> (table.code() + " " + table.reason()).contains(each.told())
                                        && !table.wayBack().isEmpty())
                                .isPresent();
        };
        return right
                ? Optional.empty()
                : Optional.of("%s: %s, reset %s, last %s".formatted(each.name(), quarantined, reset, last));
    }

    private static List<RowChange> rows(World world, String table) {
        return world.changes.rows().stream()
                .filter(row -> row.getTable().equals(table))
                .toList();
    }

    @Test
    @DisplayName("P3: a quarantine survives a restart, says so to those who watch, and ends when rows fit again")
    void aQuarantineSurvivesARestartAndEnds(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            try (Ingest ingest = world.startReady()) {
                world.execute("insert into notes values (1, 'demo', 'a'); alter table notes rename body to text;"
                        + "insert into notes values (2, 'demo', 'b'); insert into tags values (1, 'demo', 'x')");
                await().atMost(World.PATIENCE)
                        .until(() -> !ingest.quarantined().isEmpty()
                                && ingest.quarantined().getFirst().rows() == 1);
            }
            try (Ingest ingest = world.startReady()) {
                assertThat(ingest.quarantined())
                        .singleElement()
                        // Whoever sees it first: the row, or the look at the database.
                        .satisfies(table -> assertThat(table.code())
                                .isIn(QuarantineCode.COLUMN_GONE, QuarantineCode.CATALOG_MISMATCH));

                // When
                world.execute("insert into notes values (3, 'demo', 'c'); alter table notes rename text to body;"
                        + "insert into notes values (4, 'demo', 'd'); insert into tags values (2, 'demo', 'x')");

                // Then
                await().atMost(World.PATIENCE).until(() -> ingest.quarantined().isEmpty());
                world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
                assertThat(rows(world, "public.notes"))
                        .filteredOn(row -> row.getOp() != Operation.RESET)
                        .extracting(RowChange::getKey)
                        .containsExactly("1", "4");
                assertThat(rows(world, "public.tags")).hasSize(2);
                assertThat(rows(world, "public.notes").stream()
                                .filter(row -> row.getOp() == Operation.RESET)
                                .count())
                        .isGreaterThanOrEqualTo(16);
            }
        }
    }

    @Test
    @DisplayName("I-14: a table that the engine cannot describe is named, and ingest does not spin on it")
    void aTableThatTheEngineCannotDescribeIsNamed(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("alter table notes add \"Body\" text; insert into notes values (1, 'demo', 'a', 'b')");

            // Then
            await().atMost(World.PATIENCE).until(() -> ingest.state() instanceof IngestState.Down);
            assertThat(ingest.state().toString())
                    .contains("INGEST_TABLE_UNREADABLE")
                    .contains("notes");
        }
    }
}
