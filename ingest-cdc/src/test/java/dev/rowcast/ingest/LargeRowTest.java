package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Lsn;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P5: a change that is larger than Kafka takes evicts all the same")
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class LargeRowTest {

    private static final String CATALOG = """
            tenancy: {column: site_id}
            channels:
              site: {access: tenant}
            tables:
              public.notes: {entity: note, channels: ["site:{site_id}"], deliver: [id, body], evict: ["note:{id}"]}
            """;

    private static final String WITH_CHILDREN = CATALOG
            + "  public.tags: {entity: tag, channels: [\"site:{parent.site_id}\"], parent: {table: public.notes, by: id}}\n";

    /// Kafka takes one of them in a record, and not two.
    private static final int HALF = 550_000;

    private static final int WHOLE = 1_200_000;

    @Test
    void anUpdateIsToldWithTheNewRowAndOfTheOldOneWithWhatRoutes(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = world.startReady()) {
            world.execute("insert into notes values (1, 'demo', repeat('a', %d))".formatted(HALF));

            // When
            world.execute("begin; insert into notes values (2, 'demo', 'b');"
                    + "update notes set body = repeat('c', %d) where id = 1; commit".formatted(HALF));

            // Then
            assertThat(changes(world))
                    .containsExactly(
                            tuple("demo", "CREATE", "1", 0, true),
                            tuple("demo", "CREATE", "2", 0, false),
                            tuple("demo", "UPDATE", "1", 1, true));
            RowChange update = world.changes.rows().getLast();
            assertThat(update.getBefore()).isEqualTo(Map.of("id", "1", "site_id", "\"demo\""));
            assertThat(update.getAfter())
                    .containsEntry("id", "1")
                    .containsEntry("body", "\"%s\"".formatted("c".repeat(HALF)));
            assertThat(update.getUnchanged()).isEmpty();
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void aDeletionIsToldWithWhatRoutes(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = world.startReady()) {
            world.execute("insert into notes values (1, 'demo', repeat('a', %d))".formatted(WHOLE));

            // When
            world.execute("delete from notes where id = 1");

            // Then
            assertThat(changes(world)).last().isEqualTo(tuple("demo", "DELETE", "1", 0, true));
            assertThat(world.changes.rows().getLast().getBefore()).isEqualTo(Map.of("id", "1", "site_id", "\"demo\""));
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void whereTheNewRowAloneIsTooLargeItsTenantIsToldToRefetchAtItsPlace(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("begin; insert into notes values (1, 'demo', 'a'), (2, 'demo', repeat('b', %d)); commit;"
                            .formatted(WHOLE)
                    + "begin; insert into notes values (3, 'demo', 'c'), (4, 'other', 'd');"
                    + "update notes set body = repeat('e', %d) where id = 1; commit".formatted(WHOLE));

            // Then
            assertThat(changes(world, "demo"))
                    .containsExactly(
                            tuple("demo", "CREATE", "1", 0, false),
                            tuple("demo", "RESET", "", 1, true),
                            tuple("demo", "CREATE", "3", 0, false),
                            tuple("demo", "RESET", "", 2, true));
            assertThat(changes(world, "other")).containsExactly(tuple("other", "CREATE", "4", 1, true));
            assertThat(world.changes.rows())
                    .filteredOn(row -> row.getOp().name().equals("RESET"))
                    .allSatisfy(row -> {
                        assertThat(row.getTable()).isEqualTo("public.notes");
                        assertThat(row.getBefore()).isNull();
                        assertThat(row.getAfter()).isNull();
                    });
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void inATransactionThatLeavesInPartsEverythingKeepsItsPlace(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = startWithPartsOf(2, world)) {
            // When
            world.execute(
                    "begin; insert into notes values (1, 'demo', 'a'), (2, 'demo', 'b'), (3, 'demo', repeat('c', %1$d)),"
                                    .formatted(WHOLE)
                            + "(4, 'demo', 'd'), (5, 'demo', 'e'), (6, 'demo', 'f'), (7, 'demo', repeat('g', %1$d)); commit"
                                    .formatted(WHOLE));

            // Then
            assertThat(changes(world))
                    .containsExactly(
                            tuple("demo", "CREATE", "1", 0, false),
                            tuple("demo", "CREATE", "2", 1, false),
                            tuple("demo", "RESET", "", 2, false),
                            tuple("demo", "CREATE", "4", 3, false),
                            tuple("demo", "CREATE", "5", 4, false),
                            tuple("demo", "CREATE", "6", 5, false),
                            tuple("demo", "RESET", "", 6, true));
            assertThat(ingest.ready()).isTrue();
        }
    }

    private static Ingest startWithPartsOf(int rows, World world) {
        return world.startReady(
                world.config().withLimits(new CaptureLimits(rows, CaptureLimits.DEFAULT.transactionBytes())));
    }

    @Test
    @DisplayName("what a RESET makes the topology forget is read again, and told without what is too large")
    void theParentsThatAreForgottenAreReadAgainWithWhatRoutes(EmbeddedParts parts) throws Exception {
        try (World world = World.of(parts, World.NOTES_SQL, "notes, tags", WITH_CHILDREN);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("insert into notes values (1, 'demo', repeat('a', %d))".formatted(WHOLE));

            // Then
            world.changes.until(records -> last(world) != null);
            assertThat(changes(world))
                    .containsExactly(tuple("demo", "RESET", "", 0, true), tuple("demo", "SNAPSHOT", "1", 0, true));
            assertThat(world.changes.rows().getLast().getAfter()).isEqualTo(Map.of("id", "1", "site_id", "\"demo\""));
            assertThat(ingest.ready()).isTrue();
        }
    }

    /// The row as it was read again.
    private static @Nullable RowChange last(World world) {
        return world.changes.rows().stream()
                .filter(row -> row.getOp().name().equals("SNAPSHOT"))
                .findFirst()
                .orElse(null);
    }

    private static World world(EmbeddedParts parts) throws Exception {
        return World.of(parts, World.NOTES_SQL, "notes", CATALOG);
    }

    private static List<Tuple> changes(World world, String... tenants) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        return world.changes.rowRecords().stream()
                .filter(record -> tenants.length == 0 || Set.of(tenants).contains(record.key()))
                .map(record -> {
                    RowChange row = (RowChange) record.value().getBody();
                    return tuple(
                            record.key(),
                            row.getOp().name(),
                            row.getKey(),
                            row.getTx().getIndex(),
                            row.getTx().getLast());
                })
                .toList();
    }
}
