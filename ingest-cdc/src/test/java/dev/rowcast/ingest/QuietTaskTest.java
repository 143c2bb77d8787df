package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class QuietTaskTest {

    @Test
    @DisplayName("Debezium keeps no statistics of rows: they cost more than the rows")
    void debeziumKeepsNoStatisticsOfRows(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given: the first batch may still be counted
            insert(world, 1, 10);
            long before = seen(world);

            // When
            insert(world, 11, 1_000);

            // Then
            assertThat(seen(world)).isEqualTo(before);
            assertThat(ingest.ready()).isTrue();
        }
    }

    private static void insert(World world, int from, int to) {
        world.execute("insert into notes select g, 'demo', 'x' from generate_series(%d, %d) g".formatted(from, to));
        world.changes.untilRows(to);
    }

    private static long seen(World world) throws Exception {
        return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(
                        new ObjectName("debezium.postgres:type=connector-metrics,context=streaming,server=cdc."
                                + world.source),
                        "TotalNumberOfEventsSeen");
    }
}
