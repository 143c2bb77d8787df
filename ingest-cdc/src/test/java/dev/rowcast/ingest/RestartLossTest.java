package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.position.Lsn;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Restarts, which engines that trust positions of their own survive less well. Another major version of Postgres
/// and more restarts: `-Dembedded-postgres-binaries.version=15.18.0 -Drowcast.restarts=200`.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RestartLossTest {

    private static final String OPEN_TENANT = "open";

    private final int restarts = Integer.getInteger("rowcast.restarts", 8);
    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("I-2: restarts while transactions are open neither lose nor double")
    void restartsWhileTransactionsAreOpenNeitherLoseNorDouble(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            Random random = new Random(seed);
            world.startReady().close();
            NoteWriter writer = new NoteWriter(world);
            try (Connection other = world.database.connect();
                    Statement open = other.createStatement()) {
                // When
                for (int restart = 1; restart <= restarts; restart++) {
                    open.execute("begin; insert into notes values (%d, '%s', 'x')".formatted(-restart, OPEN_TENANT));
                    writer.awaitMore(1 + random.nextInt(20));
                    try (Ingest ingest = world.startReady()) {
                        writer.awaitMore(1 + random.nextInt(20));
                        if (random.nextBoolean()) {
                            open.execute("commit");
                        }
                        assertThat(ingest.ready()).isTrue();
                    }
                    open.execute("commit");
                    await().atMost(World.PATIENCE).until(() -> !world.isRead());
                }
            } finally {
                writer.close();
            }

            // Then
            String version =
                    "seed %d, %d restarts, server %s".formatted(seed, restarts, world.query("show server_version"));
            try (Ingest ingest = world.startReady()) {
                world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
                for (String tenant : NoteWriter.TENANTS) {
                    assertThat(world.changes.keysOf(tenant))
                            .as("%s, %s", tenant, version)
                            .isEqualTo(world.notesOf(tenant));
                }
                assertThat(world.changes.keysOf(OPEN_TENANT))
                        .as(version)
                        .isEqualTo(IntStream.rangeClosed(1, restarts)
                                .mapToObj(restart -> Integer.toString(-restart))
                                .collect(Collectors.joining(",")));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }
}
