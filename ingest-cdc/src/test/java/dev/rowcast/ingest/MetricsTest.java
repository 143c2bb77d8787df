package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.position.Lsn;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class MetricsTest {

    @Test
    void aTransactionOfATableThatIsNotCapturedHasNoDelay(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given: published, but not in the catalog
            world.execute("create table logs (id bigint primary key)");
            world.execute("alter publication rowcast_%s add table logs".formatted(world.source));
            try (Ingest ingest = world.startReady()) {

                // When
                world.execute("insert into logs values (1)");
                world.execute("insert into notes values (1, 'demo', 'a')");

                // Then
                world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
                assertThat(world.changes.keysOf("demo")).isEqualTo("1");
                assertThat(world.meters.get("rowcast.ingest.capture").timer().max(TimeUnit.SECONDS))
                        .isLessThan(World.PATIENCE.toSeconds());
                assertThat(ingest.ready()).isTrue();
            }
        }
    }
}
