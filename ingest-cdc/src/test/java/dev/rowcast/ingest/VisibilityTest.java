package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Commits that really hang: they wait for a standby that does not exist.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class VisibilityTest {

    private static final Duration QUIET = Duration.ofSeconds(1);

    @Test
    @DisplayName("I-13: a transaction is published once readers see it, not when the log has it")
    void aTransactionIsPublishedOnlyWhenReadersSeeIt(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                NoteWriter writer = new NoteWriter(world)) {
            writer.awaitMore(5);
            try (HeldCommits held = HeldCommits.in(world)) {
                // Given
                String seen = world.query("select max(id) from notes");
                world.execute("insert into notes values (-1, 'behind', 'visible, but later in the log')");

                // Then
                await().during(QUIET).atMost(World.PATIENCE).untilAsserted(() -> {
                    world.changes.poll();
                    assertThat(world.changes.rows())
                            .allMatch(row -> Long.parseLong(row.getKey()) <= Long.parseLong(seen))
                            .noneMatch(row -> row.getKey().equals("-1"));
                    assertThat(world.query("select max(id) from notes")).isEqualTo(seen);
                });
                assertThat(held.xid()).isNotEmpty();
            }

            // When
            writer.awaitMore(5);
            writer.close();

            // Then
            assertAllPublishedOnce(world);
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("I-13: a commit that hangs is named, and survives a restart of ingest")
    void aCommitThatHangsIsNamedAndPublishedOnceByTheNextInstance(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                NoteWriter writer = new NoteWriter(world)) {
            try (Ingest first = world.startReady()) {
                writer.awaitMore(5);
                try (HeldCommits held = HeldCommits.in(world)) {
                    // Given
                    await().atMost(World.PATIENCE)
                            .untilAsserted(() -> assertThat(first.state())
                                    .isInstanceOfSatisfying(
                                            IngestState.Down.class, down -> names(down.fault(), held.xid())));
                    assertThat(first.ready()).isFalse();

                    // When
                    long begin = System.nanoTime();
                    first.close();
                    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                            .isLessThan(5_000);
                }
            }

            // Then
            try (Ingest second = world.startReady()) {
                writer.awaitMore(5);
                writer.close();
                assertAllPublishedOnce(world);
                assertThat(second.state()).isEqualTo(new IngestState.Streaming());
            }
        }
    }

    private static void names(Fault fault, String xid) {
        assertThat(fault.code()).isEqualTo(FaultCode.NOT_VISIBLE);
        assertThat(fault.reason()).contains("transaction " + xid + " ");
        assertThat(fault.fix()).contains("synchronous_standby_names");
    }

    private static void assertAllPublishedOnce(World world) {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        for (String tenant : NoteWriter.TENANTS) {
            assertThat(world.changes.keysOf(tenant)).as(tenant).isEqualTo(world.notesOf(tenant));
        }
    }
}
