package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.position.Lsn;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class LogicalMessageTest {

    @Test
    @DisplayName("P1: messages that other programs write into the log are passed over")
    void messagesInTheLogArePassedOver(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("begin; insert into notes values (1, 'demo', 'a');"
                    + "select pg_logical_emit_message(true, 'other', 'inside');"
                    + "insert into notes values (2, 'demo', 'b'); commit");
            world.execute("select pg_logical_emit_message(true, 'other', 'alone')");
            world.execute("begin; insert into notes values (3, 'demo', 'c');"
                    + "select pg_logical_emit_message(false, 'other', 'before its transaction'); commit");
            world.execute("select pg_logical_emit_message(false, 'other', 'outside')");
            world.execute("insert into notes values (4, 'demo', 'd')");

            // Then
            world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
            assertThat(world.changes.keysOf("demo")).isEqualTo("1,2,3,4");
            assertThat(world.changes.rows())
                    .extracting(row -> row.getTx().getIndex())
                    .containsExactly(0, 1, 0, 0);
            await().atMost(World.PATIENCE).until(ingest::ready);
        }
    }
}
