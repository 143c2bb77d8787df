package dev.rowcast.ingest;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class ValuesTest {

    private static final String COLUMNS =
            "t, b, u, n, n2, i8, f, ok, ts, tz, d, tm, iv, j, jb, ta, ia, na, mood, hidden_null";

    @Test
    void everyTypeKeepsItsValue(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, """
                create type mood as enum ('sad', 'ok');
                create table things (id int primary key, t text, b bytea, u uuid, n numeric, n2 numeric(30,10),
                  i8 bigint, f float8, ok boolean, ts timestamp, tz timestamptz, d date, tm time, iv interval,
                  j json, jb jsonb, ta text[], ia int[], na numeric[], mood mood, hidden_null text, secret text);
                alter table things replica identity full;
                """, "things", """
                tenancy: {constant: default}
                channels: {all: {access: tenant}}
                tables:
                  public.things: {entity: thing, channels: ["all:1"], deliver: [%s]}
                """.formatted(COLUMNS))) {
            // Given
            try (Ingest ingest = world.startReady()) {

                // When
                world.execute("""
                        insert into things values (1, E'a "quoted"\\n\u00e9', '\\x00ff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
                          123456789012345678901234567890.123456789, 1.5, 9007199254740993, 'NaN', true,
                          '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56.789012+02', '1999-12-31', '24:00', '1 day 2 hours',
                          '{"a": [1, 2.50]}', '{"k": null}', '{x,NULL,"y z"}', '{1,2}', '{1.10,2}', 'ok', null, 'never');
                        insert into things (id, n, ts, d) values (2, '-Infinity', '-infinity', 'infinity');
                        insert into things (id, n, ts, d) values (3, 'NaN', 'infinity', '-infinity');
                        """);

                // Then
                world.changes.untilRows(3);
                RowChange row = world.changes.rows().getFirst();
                assertThat(row.getAfter())
                        .containsOnly(
                                entry("t", "\"a \\\"quoted\\\"\\n\u00e9\""),
                                entry("b", "\"AP8=\""),
                                entry("u", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
                                entry("n", "123456789012345678901234567890.123456789"),
                                entry("n2", "1.5000000000"),
                                entry("i8", "9007199254740993"),
                                entry("f", "\"NaN\""),
                                entry("ok", "true"),
                                entry("ts", "\"2024-02-29T12:34:56.789012\""),
                                entry("tz", "\"2024-02-29T10:34:56.789012Z\""),
                                entry("d", "\"1999-12-31\""),
                                entry("tm", "\"24:00:00\""),
                                entry("iv", "\"P0Y0M1DT2H0M0S\""),
                                entry("j", "{\"a\": [1, 2.50]}"),
                                entry("jb", "{\"k\": null}"),
                                entry("ta", "[\"x\",null,\"y z\"]"),
                                entry("ia", "[1,2]"),
                                entry("na", "[1.10,2]"),
                                entry("mood", "\"ok\""),
                                entry("hidden_null", "null"));
                assertThat(world.changes.rows().get(1).getAfter())
                        .contains(
                                entry("n", "\"-Infinity\""), entry("ts", "\"-infinity\""), entry("d", "\"infinity\""));
                assertThat(world.changes.rows().getLast().getAfter())
                        .contains(entry("n", "\"NaN\""), entry("ts", "\"infinity\""), entry("d", "\"-infinity\""));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    void aLargeValueThatDidNotChangeIsNamedAndNotInvented(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, """
                create table docs (id int primary key, site_id text not null, title text, body text, tags int[]);
                alter table docs alter column body set storage external, alter column tags set storage external;
                create unique index docs_identity on docs (id, site_id, title);
                alter table docs alter column title set not null, alter column site_id set not null;
                alter table docs replica identity full;
                """, "docs", """
                tenancy: {column: site_id}
                channels: {site: {access: tenant}}
                tables:
                  public.docs: {entity: doc, channels: ["site:{site_id}"], deliver: [title, body, tags]}
                """)) {
            // Given
            String body = "x".repeat(100_000);
            try (Ingest ingest = world.startReady()) {
                world.execute("insert into docs values (1, 'demo', 'a', '%s', array(select generate_series(1, 30000)))"
                        .formatted(body));
                // The preflight saw FULL; somebody narrows it later.
                world.execute("alter table docs replica identity using index docs_identity");

                // When
                world.execute("update docs set title = 'b' where id = 1");

                // Then
                world.changes.untilRows(2);
                RowChange update = world.changes.rows().getLast();
                assertThat(update.getOp()).isEqualTo(Operation.UPDATE);
                assertThat(update.getUnchanged()).containsExactlyInAnyOrder("body", "tags");
                assertThat(update.getAfter()).isEqualTo(Map.of("site_id", "\"demo\"", "title", "\"b\""));
                assertThat(world.changes.rows().getFirst().getAfter()).containsEntry("body", "\"" + body + "\"");
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    void aTransactionOverTheLimitLeavesInPartsWithOneLastChange(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            try (Ingest ingest = world.startReady()) {

                // When: the second tenant has rows in the first part only
                world.execute("begin; insert into notes values (0, 'other', 'first');"
                        + "insert into notes select g, 'demo', 'many' from generate_series(1, 25000) g; commit");

                // Then
                world.changes.untilRows(25_001);
                List<RowChange> rows = world.changes.rows();
                assertThat(rows).hasSize(25_001);
                assertThat(rows.stream().filter(row -> row.getTx().getLast()))
                        .hasSize(2)
                        .allMatch(row -> row.getTx().getCommitLsn() > 0);
                assertThat(rows.stream()
                                .filter(row -> row.getTx().getCommitLsn() == 0)
                                .count())
                        .isGreaterThanOrEqualTo(19_000);
                assertThat(rows.stream()
                                .filter(row ->
                                        row.getKey().equals("0") || row.getKey().equals("25000"))
                                .map(row -> row.getTx().getLast()))
                        .containsExactlyInAnyOrder(true, true);
                assertThat(rows.stream()
                                .filter(row -> !row.getKey().equals("0"))
                                .map(row -> row.getTx().getIndex()))
                        .isSorted();
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    void aTruncationReachesEveryPartition(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("truncate notes");

            // Then
            world.changes.untilRows(8);
            assertThat(world.changes.rowRecords())
                    .extracting(record -> record.partition())
                    .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
            assertThat(world.changes.rows()).extracting(RowChange::getOp).containsOnly(Operation.TRUNCATE);
            assertThat(ingest.ready()).isTrue();
        }
    }
}
