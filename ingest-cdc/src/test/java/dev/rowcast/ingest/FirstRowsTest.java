package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class FirstRowsTest {

    @Test
    void rowsThatWereThereAndRowsThatComeAreInTheTopic(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.execute("insert into notes values (1, 'demo', 'old')");
            try (Ingest ingest = world.startReady()) {

                // When
                world.execute("insert into notes values (2, 'demo', 'new')");

                // Then
                world.changes.untilRows(2);
                assertThat(world.changes.rows())
                        .extracting(RowChange::getOp, RowChange::getKey, RowChange::getAfter)
                        .containsExactly(
                                tuple(
                                        Operation.SNAPSHOT,
                                        "1",
                                        Map.of("id", "1", "site_id", "\"demo\"", "body", "\"old\"")),
                                tuple(
                                        Operation.CREATE,
                                        "2",
                                        Map.of("id", "2", "site_id", "\"demo\"", "body", "\"new\"")));
                assertThat(ingest.state()).isEqualTo(new IngestState.Streaming());
            }
        }
    }
}
