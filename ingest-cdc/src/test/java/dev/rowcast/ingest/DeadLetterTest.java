package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Lsn;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class DeadLetterTest {

    @Test
    void aRowWithoutATenantIsSetAsideAndTheOthersGoOn(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("begin; insert into notes values (1, 'demo', 'a'), (2, '', 'nobody''s'), (3, 'demo', 'c');"
                    + "insert into tags values (4, '', 'nobody''s'); commit;"
                    + "insert into notes values (5, 'other', 'e')");

            // Then
            assertThat(changes(world))
                    .containsExactlyInAnyOrder(
                            tuple("demo", "CREATE", "1", 0, false),
                            tuple("demo", "CREATE", "3", 1, true),
                            tuple("other", "CREATE", "5", 0, true));
            assertThat(deadLetters(world))
                    .containsExactly(tuple("NO_TENANT", "public.notes"), tuple("NO_TENANT", "public.tags"));
            assertThat(world.meters
                            .get("rowcast.ingest.quarantined.tables")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void aRowThatLosesItsTenantIsDeletedForTheOldOne(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("insert into notes values (1, 'demo', 'a')");

            // When
            world.execute("update notes set site_id = '' where id = 1");

            // Then
            assertThat(changes(world))
                    .containsExactly(tuple("demo", "CREATE", "1", 0, true), tuple("demo", "DELETE", "1", 0, true));
            assertThat(deadLetters(world)).containsExactly(tuple("NO_TENANT", "public.notes"));
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void aRowThatGetsATenantIsCreatedForItAndDeletedForNobody(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("insert into notes values (1, '', 'a')");

            // When
            world.execute("update notes set site_id = 'demo' where id = 1");

            // Then
            assertThat(changes(world)).containsExactly(tuple("demo", "CREATE", "1", 0, true));
            assertThat(deadLetters(world)).containsExactly(tuple("NO_TENANT", "public.notes"));
            assertThat(ingest.ready()).isTrue();
        }
    }

    private static List<Tuple> changes(World world) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        return world.changes.rowRecords().stream()
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

    /// Code and table of those that this world's rows left, in order. The topic is shared, and what others left is
    /// told apart by its place in the log.
    private static List<Tuple> deadLetters(World world) {
        return DeadLetterReader.all(world.parts).stream()
                .filter(letter ->
                        !DeadLetterReader.header(letter, "rowcast-lsn").isEmpty()
                                && Long.parseLong(DeadLetterReader.header(letter, "rowcast-lsn")) >= world.beganAt)
                .map(letter -> tuple(
                        DeadLetterReader.header(letter, "rowcast-error"),
                        DeadLetterReader.header(letter, "rowcast-table")))
                .toList();
    }
}
