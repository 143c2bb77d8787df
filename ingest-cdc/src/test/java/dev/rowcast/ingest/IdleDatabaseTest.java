package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.junit.NeedsParts;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class IdleDatabaseTest {

    private static final long MEGABYTE = 1024 * 1024;
    private static final long FRESH_SECONDS = 30;
    private static final long BOUND = 48 * MEGABYTE;

    @Test
    @DisplayName("I-5: while another database of the server writes, the slot of an idle one goes on")
    void theSlotOfAnIdleDatabaseGoesOnWhileAnotherWrites(EmbeddedParts parts) throws Exception {
        Postgres.Database busy = parts.postgres().freshDatabase();
        try (World idle = World.ofNotes(parts);
                Connection connection = busy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table filler (x text)");
            idle.startReady().close();

            // Given: without ingest the log piles up
            write(statement);
            assertThat(retained(idle)).isGreaterThan(BOUND);

            // When
            try (Ingest ingest = idle.startReady()) {
                await().atMost(World.PATIENCE.multipliedBy(3)).until(() -> retained(idle) < BOUND);
                write(statement);

                // Then: nobody wrote anything into the idle one
                await().atMost(World.PATIENCE.multipliedBy(3)).until(() -> retained(idle) < BOUND);
                // The slot is looked at after each beat, so a slow machine may show an old look for a while.
                await().atMost(World.PATIENCE.multipliedBy(3)).untilAsserted(() -> {
                    assertThat(gauge(idle, "rowcast.ingest.slot.lag")).isLessThan(MEGABYTE);
                    assertThat(gauge(idle, "rowcast.ingest.slot.confirmed.age")).isLessThan(FRESH_SECONDS);
                    assertThat(ingest.slot()).hasValueSatisfying(slot -> {
                        assertThat(slot.state().status()).isEqualTo("reserved");
                        assertThat(slot.state().limitBytes()).hasValue(1024 * MEGABYTE);
                        assertThat(slot.critical()).isFalse();
                    });
                });
            }
        }
    }

    private static double gauge(World world, String name) {
        return world.meters.get(name).gauge().value();
    }

    /// About 80 MB of log.
    private static void write(Statement statement) throws Exception {
        for (int i = 0; i < 8; i++) {
            statement.execute("insert into filler select repeat('x', 1000) from generate_series(1, 10000)");
        }
    }

    private static long retained(World world) {
        return Long.parseLong(world.query(
                "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint from pg_replication_slots"
                        + " where slot_name = 'rowcast_%s'".formatted(world.source)));
    }
}
