package dev.rowcast.ingest;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Every type in every operation. The judge is Postgres: a value is right when Postgres makes of it, read back
/// from the change, what the table holds.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class TypeMatrixTest {

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /// A column of a type and values for it, as literals.
    ///
    /// @param readBack makes the column's value of `$`, the change's JSON text as a `jsonb`; empty for
    /// the plain way
    private record Case(String column, String type, String readBack, List<String> values) {
        static Case of(String column, String type, String... values) {
            return new Case(column, type, "", List.of(values));
        }

        Case readBy(String sql) {
            return new Case(column, type, sql, values);
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of("c_int2", "smallint", "-32768", "0", "32767"),
            Case.of("c_int4", "int", "-2147483648", "7"),
            Case.of("c_int8", "bigint", "9223372036854775807", "9007199254740993"),
            Case.of("c_numeric", "numeric", "NaN", "-Infinity", "1e-30", "123456789012345678901234567890.5", "1e20"),
            Case.of("c_numeric2", "numeric(12,4)", "1.5", "-0.0001", "NaN"),
            Case.of("c_float4", "real", "1.1", "NaN", "1e-30"),
            Case.of("c_float8", "double precision", "1e300", "-Infinity", "0.1"),
            Case.of("c_money", "money", "-12.34", "92233720368547758.07"),
            Case.of("c_bool", "boolean", "true", "false"),
            Case.of("c_text", "text", "", "null", "a,b%\\\"'\t\u00e9\uD83D\uDE00", "__debezium_unavailable_value"),
            Case.of("c_varchar", "varchar(20)", "abc", "", "  x "),
            Case.of("c_char", "char(6)", "ab", "abcdef"),
            Case.of("c_ichar", "\"char\"", "x", "y"),
            Case.of("c_name", "name", "n1", "n2"),
            Case.of(
                            "c_bytea",
                            "bytea",
                            "\\x00ff10",
                            "\\x",
                            "\\x5f5f646562657a69756d5f756e617661696c61626c655f76616c7565")
                    .readBy("decode($ #>> '{}', 'base64')"),
            Case.of("c_date", "date", "2024-02-29", "infinity", "-infinity", "0001-01-01"),
            Case.of("c_time", "time", "24:00", "00:00", "12:34:56.789012"),
            Case.of("c_timetz", "timetz", "12:34:56+00", "23:59:59.999999+00"),
            Case.of(
                    "c_ts",
                    "timestamp",
                    "2024-02-29 12:34:56.789012",
                    "infinity",
                    "-infinity",
                    "2024-01-01 00:00:00",
                    "0001-01-01 00:00:01"),
            Case.of(
                    "c_tstz",
                    "timestamptz",
                    "2024-02-29 12:34:56.789012+02",
                    "infinity",
                    "-infinity",
                    "2024-01-01 00:00:00Z",
                    "0001-01-01 00:00:01+00"),
            Case.of(
                    "c_interval",
                    "interval",
                    "1 year 2 mons 3 days 04:05:06.789",
                    "-1 day +02:00",
                    "0",
                    "1 day 0.000001 sec",
                    "178000000 years"),
            Case.of("c_uuid", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            Case.of("c_json", "json", "{\"a\": [1, 2.50], \"a\":null}", "\"__debezium_unavailable_value\"", "null")
                    .readBy("?::json"),
            Case.of("c_jsonb", "jsonb", "{\"k\": 1.10}", "[]", "null"),
            Case.of("c_xml", "xml", "<a b=\"1\">\u00e9</a>", "<b/>"),
            Case.of("c_bit1", "bit(1)", "1", "0").readBy("(case $ when 'true' then B'1' else B'0' end)"),
            Case.of("c_bit", "bit(10)", "0010110011", "0000000000"),
            Case.of("c_varbit", "bit varying(40)", "00101", "", "1"),
            Case.of("c_varbit0", "bit varying", "00101", "", "1"),
            Case.of("c_inet", "inet", "10.0.0.1/8", "::1"),
            Case.of("c_cidr", "cidr", "10.0.0.0/8", "2001:db8::/32"),
            Case.of("c_mac", "macaddr", "08:00:2b:01:02:03"),
            Case.of("c_mac8", "macaddr8", "08:00:2b:01:02:03:04:05"),
            Case.of("c_int4range", "int4range", "[1,10)", "empty", "(,5)"),
            Case.of("c_numrange", "numrange", "[1.5,2.5]", "empty"),
            Case.of("c_tsrange", "tsrange", "[2024-01-01 00:00,infinity)"),
            Case.of("c_tstzrange", "tstzrange", "[2024-01-01 00:00+00,2024-01-02 00:00+00)"),
            Case.of("c_daterange", "daterange", "[2024-01-01,2024-02-01)"),
            Case.of("c_multirange", "int4multirange", "{[1,3),[5,9)}", "{}"),
            Case.of("c_tsmultirange", "tstzmultirange", "{[2024-01-01 00:00+00,2024-01-02 00:00+00)}"),
            Case.of("c_ownrange", "own_range", "[a,c)"),
            Case.of("c_point", "point", "(1.5,-2)", "(0,0)").readBy("point(($ ->> 'x')::float8, ($ ->> 'y')::float8)"),
            Case.of("c_box", "box", "(2,2),(1,1)"),
            Case.of("c_boxarr", "box[]", "{(2,2),(1,1);(4,4),(3,3)}"),
            Case.of("c_line", "line", "{1,2,3}"),
            Case.of("c_lseg", "lseg", "[(1,2),(3,4)]"),
            Case.of("c_path", "path", "((1,2),(3,4))", "[(1,2),(3,4)]"),
            Case.of("c_polygon", "polygon", "((1,2),(3,4),(5,6))"),
            Case.of("c_circle", "circle", "<(1,2),3>"),
            Case.of("c_tsvector", "tsvector", "'a':1 'b':2A"),
            Case.of("c_tsquery", "tsquery", "'a' & 'b'"),
            Case.of("c_lsn", "pg_lsn", "16/B374D848"),
            Case.of("c_jsonpath", "jsonpath", "$.\"a\"[*]"),
            Case.of("c_snapshot", "pg_snapshot", "10:20:10,14,15"),
            Case.of("c_oid", "oid", "4294967295"),
            Case.of("c_regclass", "regclass", "pg_class"),
            Case.of("c_mood", "mood", "sad", "o'k, \"fine\""),
            Case.of("c_domain", "positive", "5", "12"),
            Case.of("c_domaintext", "label", "x,y", ""),
            Case.of("c_domainnum", "price", "1.50", "NaN"),
            Case.of("c_composite", "pair", "(1,\"a b\")", "(,)"),
            Case.of(
                    "c_textarr",
                    "text[]",
                    "{x,NULL,\"y z\",\"\",\"null\"}",
                    "{}",
                    "{__debezium_unavailable_value}",
                    "{{a,b},{c,NULL}}"),
            Case.of("c_vararr", "varchar(20)[]", "{x,NULL}", "{}"),
            Case.of("c_chararr", "char(3)[]", "{x,NULL}", "{}"),
            Case.of("c_int2arr", "int2[]", "{1,NULL,-3}", "{}"),
            Case.of("c_intarr", "int[]", "{1,NULL,-3}", "{}", "{{1,2},{3,4}}"),
            Case.of("c_int8arr", "bigint[]", "{9007199254740993}", "{}"),
            Case.of("c_numarr", "numeric[]", "{1.10,NaN,NULL,-Infinity}", "{2.50}", "{}", "{{1.5},{NaN}}"),
            Case.of("c_num2arr", "numeric(10,2)[]", "{1.10,NaN,NULL}", "{2.50}"),
            Case.of("c_f4arr", "real[]", "{1.5,NaN,NULL}", "{}"),
            Case.of("c_f8arr", "double precision[]", "{1.5,NaN,-Infinity,NULL}", "{}"),
            Case.of("c_boolarr", "boolean[]", "{t,f,NULL}", "{}"),
            Case.of("c_uuidarr", "uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}", "{}"),
            Case.of("c_datearr", "date[]", "{2024-02-29,NULL}", "{infinity}"),
            Case.of("c_timearr", "time[]", "{12:34:56.789012,NULL}"),
            Case.of("c_tsarr", "timestamp[]", "{\"2024-02-29 12:34:56.789012\",NULL}", "{infinity}"),
            Case.of("c_tstzarr", "timestamptz[]", "{\"2024-02-29 12:34:56.789012+02\",NULL}", "{infinity}"),
            Case.of("c_jsonarr", "json[]", "{\"{\\\"a\\\": 1}\",NULL}"),
            Case.of("c_jsonbarr", "jsonb[]", "{\"{\\\"a\\\": 1.50}\",NULL,\"[1, 2]\"}"),
            Case.of("c_byteaarr", "bytea[]", "{\"\\\\x00ff\",NULL}")
                    .readBy("(select array_agg(decode(e, 'base64') order by n) from jsonb_array_elements_text($)"
                            + " with ordinality x(e, n))"),
            Case.of("c_inetarr", "inet[]", "{10.0.0.1/8,NULL}"),
            Case.of("c_moodarr", "mood[]", "{sad,NULL,\"o'k, \\\"fine\\\"\"}"),
            Case.of("c_pairarr", "pair[]", "{\"(1,\\\"a b\\\")\",NULL}"),
            Case.of("c_intervalarr", "interval[]", "{\"1 day\",NULL}"),
            Case.of("c_moneyarr", "money[]", "{1.50,NULL}"),
            Case.of("c_bitarr", "bit(3)[]", "{101,NULL}"),
            Case.of("c_rangearr", "int4range[]", "{\"[1,10)\",NULL}"),
            Case.of("c_domainarr", "positive[]", "{1,2}"),
            Case.of("c_multirangearr", "int4multirange[]", "{\"{[1,3)}\"}"),
            Case.of("c_hstore", "hstore", "a=>1, \"b c\"=>NULL", "")
                    .readBy("(select coalesce(hstore(array_agg(key), array_agg(value)), '') from jsonb_each_text($))"),
            Case.of("c_ltree", "ltree", "a.b.c"),
            Case.of("c_ltreearr", "ltree[]", "{a.b,c}"),
            Case.of("c_citext", "citext", "Ab"),
            Case.of("c_citextarr", "citext[]", "{\"A,b\",NULL}"));

    private static final String TYPES = """
            create extension hstore; create extension ltree; create extension citext;
            create type mood as enum ('sad', 'o''k, "fine"');
            create domain positive as int check (value > 0);
            create domain label as text;
            create domain price as numeric(10,2);
            create type pair as (x int, y text);
            create type own_range as range (subtype = text);
            """;

    @Test
    @DisplayName("Values: every type is told as Postgres reads it back, in every operation")
    void everyTypeInEveryOperation(EmbeddedParts parts) throws Exception {
        String columns =
                CASES.stream().map(each -> each.column() + " " + each.type()).collect(joining(", "));
        try (World world = World.of(
                parts,
                TYPES
                        + "create table things (id int primary key, other int, %s); alter table things replica identity full;"
                                .formatted(columns),
                "things",
                """
                tenancy: {constant: default}
                channels: {all: {access: tenant}}
                tables:
                  public.things: {entity: thing, channels: ["all:1"], deliver: [other, %s]}
                """.formatted(CASES.stream().map(Case::column).collect(joining(", "))))) {
            // Given
            int longest =
                    CASES.stream().mapToInt(each -> each.values().size()).max().orElseThrow();
            int rounds = longest + 4;
            world.execute("create table shadow as select * from things with no data");
            for (int round = 0; round < rounds; round++) {
                world.execute("insert into things values (%d, 0, %s)".formatted(100 + round, values(round, longest)));
            }
            world.execute("insert into shadow select * from things");
            try (Ingest ingest = world.startReady()) {
                // When: each value once, then nulls, then random combinations
                int id = 0;
                for (int round = 0; round < rounds; round++) {
                    world.execute("insert into things values (%d, 0, %s)".formatted(++id, values(round, longest)));
                    world.execute("insert into shadow select * from things where id = " + id);
                    world.execute("update things set other = 1 where id = " + id);
                    world.execute("insert into shadow select * from things where id = " + id);
                    world.execute("update things set (other, %s) = (select 2, %s) where id = %d"
                            .formatted(
                                    CASES.stream().map(Case::column).collect(joining(", ")), values(-1, longest), id));
                    world.execute("insert into shadow select * from things where id = " + id);
                    world.execute("delete from things where id = " + id);
                }

                // Then
                world.changes.untilRows(5 * rounds);
                List<String> wrong = new ArrayList<>();
                for (RowChange row : world.changes.rows()) {
                    int other = switch (row.getOp()) {
                        case CREATE, SNAPSHOT -> 0;
                        case DELETE -> 2;
                        default -> Integer.parseInt(row.getAfter().get("other"));
                    };
                    if (row.getAfter() != null) {
                        wrong.addAll(differences(
                                world,
                                row,
                                row.getOp() == Operation.SNAPSHOT ? "snapshot" : "after",
                                row.getAfter(),
                                other));
                    }
                    if (row.getBefore() != null) {
                        wrong.addAll(differences(
                                world,
                                row,
                                "before",
                                row.getBefore(),
                                row.getOp() == Operation.DELETE ? 2 : other - 1));
                    }
                    row.getUnchanged().forEach(column -> wrong.add(column + ": said to be unchanged"));
                }
                assertThat(wrong.stream().distinct()).as("seed %d", seed).isEmpty();
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    private String values(int round, int longest) {
        return CASES.stream()
                .map(each -> {
                    if (round == longest) {
                        return "null";
                    }
                    int at = round < 0 || round > longest
                            ? random.nextInt(each.values().size())
                            : round % each.values().size();
                    return "'" + each.values().get(at).replace("'", "''") + "'::" + each.type();
                })
                .collect(joining(", "));
    }

    private static List<String> differences(
            World world, RowChange row, String image, Map<String, String> told, int other) {
        List<String> wrong = new ArrayList<>();
        for (Case each : CASES) {
            String json = told.get(each.column());
            String where = "%s %s: ".formatted(each.column(), image);
            if (json == null) {
                wrong.add(where + "missing");
                continue;
            }
            String text = "'" + json.replace("'", "''") + "'";
            String literal = text + "::jsonb";
            String readBack = each.readBack().isEmpty()
                    ? "(jsonb_populate_record(null::things, jsonb_build_object('%s', %s))).%s"
                            .formatted(each.column(), literal, each.column())
                    : "(case when %s = 'null' then null else %s end)"
                            .formatted(
                                    literal,
                                    each.readBack().replace("$", literal).replace("?", text));
            String expected = world.query("select %s::text from shadow where id = %s and other = %d"
                    .formatted(each.column(), row.getKey(), other));
            String actual;
            try {
                actual = world.query("select %s::text".formatted(readBack));
            } catch (IllegalStateException e) {
                actual = "unreadable";
            }
            if (!expected.equals(actual)) {
                wrong.add(where + "told " + json + ", read back " + actual + ", is " + expected);
            }
        }
        return wrong;
    }

    private static final List<String> LARGE = List.of(
            "text",
            "varchar",
            "bytea",
            "json",
            "jsonb",
            "xml",
            "numeric",
            "bit varying",
            "tsvector",
            "hstore",
            "text[]",
            "int[]",
            "bigint[]",
            "smallint[]",
            "uuid[]",
            "numeric[]",
            "float8[]",
            "boolean[]",
            "date[]",
            "timestamptz[]",
            "bytea[]",
            "jsonb[]",
            "mood[]",
            "pair",
            "pair[]",
            "positive[]",
            "label",
            "int4multirange");

    /// A value of the type that does not fit into its row.
    private static String large(String type) {
        String many = "from generate_series(1, 3000) g";
        return switch (type) {
            case "bytea" -> "decode(repeat('00ff', 2000), 'hex')";
            case "json", "jsonb" -> "(select json_agg(g) %s)::%s".formatted(many, type);
            case "xml" -> "('<a>' || repeat('x', 8000) || '</a>')::xml";
            case "numeric" -> "repeat('1234567890', 1000)::numeric";
            case "bit varying" -> "repeat('10', 20000)::bit varying";
            case "tsvector" -> "(select string_agg('w' || g, ' ') %s)::tsvector".formatted(many);
            case "hstore" -> "(select hstore(array_agg('k' || g), array_agg('v' || g)) %s)".formatted(many);
            case "uuid[]" -> "(select array_agg(gen_random_uuid()) %s)".formatted(many);
            case "boolean[]" -> "(select array_agg(g %% 2 = 0) %s)".formatted(many);
            case "date[]" -> "(select array_agg(date '2024-01-01' + g) %s)".formatted(many);
            case "timestamptz[]" ->
                "(select array_agg(timestamptz '2024-01-01Z' + g * interval '1 s') %s)".formatted(many);
            case "bytea[]" -> "(select array_agg('\\x00ff'::bytea) %s)".formatted(many);
            case "jsonb[]" -> "(select array_agg(to_jsonb(g)) %s)".formatted(many);
            case "mood[]" -> "(select array_agg('sad'::mood) %s)".formatted(many);
            case "pair" -> "row(1, repeat('x', 8000))::pair";
            case "pair[]" -> "(select array_agg(row(g, 'y')::pair) %s)".formatted(many);
            case "positive[]" -> "(select array_agg(g::positive) %s)".formatted(many);
            case "int4multirange" -> "(select range_agg(int4range(g * 3, g * 3 + 1)) %s)".formatted(many);
            case "text", "varchar", "label" -> "repeat('long ', 2000)";
            default -> "(select array_agg(g) %s)::%s".formatted(many, type);
        };
    }

    @Test
    @DisplayName("I-10: a large value that the log does not repeat is `unchanged`, of whatever type")
    void aLargeValueOfAnyTypeIsUnchanged(EmbeddedParts parts) throws Exception {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < LARGE.size(); i++) {
            columns.add("l" + i);
        }
        String definitions = columns.stream()
                .map(column -> column + " " + LARGE.get(Integer.parseInt(column.substring(1))))
                .collect(joining(", "));
        String external = columns.stream()
                .map(column -> "alter column " + column + " set storage external")
                .collect(joining(", "));
        try (World world = World.of(
                        parts,
                        TYPES
                                + "create table things (id int primary key, other int, %s); alter table things %s;"
                                        .formatted(definitions, external)
                                + "alter table things replica identity full;",
                        "things",
                        """
                tenancy: {constant: default}
                channels: {all: {access: tenant}}
                tables:
                  public.things: {entity: thing, channels: ["all:1"], deliver: [other, %s]}
                """.formatted(String.join(", ", columns)));
                Ingest ingest = world.startReady()) {
            // Given: whole old rows are logged when it starts; somebody narrows that later
            world.execute("alter table things replica identity default");
            world.execute("insert into things values (1, 0, %s)"
                    .formatted(LARGE.stream().map(TypeMatrixTest::large).collect(joining(", "))));

            // When
            world.execute("update things set other = 1");
            world.execute("update things set other = 2, l0 = '__debezium_unavailable_value'");

            // Then
            world.changes.untilRows(3);
            RowChange first = world.changes.rows().get(1);
            assertThat(first.getUnchanged()).containsExactlyElementsOf(columns);
            assertThat(first.getAfter()).isEqualTo(Map.of("other", "1"));
            RowChange second = world.changes.rows().get(2);
            assertThat(second.getUnchanged()).containsExactlyElementsOf(columns.subList(1, columns.size()));
            assertThat(second.getAfter()).isEqualTo(Map.of("other", "2", "l0", "\"__debezium_unavailable_value\""));
            assertThat(ingest.ready()).isTrue();
        }
    }
}
