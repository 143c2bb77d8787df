package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureLimits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// More rows than memory, in a process with 256 MiB of heap. `-Drowcast.copy.rows=2000000` and
/// `-Drowcast.outage.seconds=120` make the long run of it.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class LoadTest {

    private static final int COPY_ROWS = Integer.getInteger("rowcast.copy.rows", 300_000);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("rowcast.outage.seconds", 10));
    private static final int ROWS_PER_TRANSACTION = 500;
    private static final Duration PACE = Duration.ofMillis(100);

    /// By far more than any of it needs on a machine with nothing else to do.
    private static final Duration PATIENCE = Duration.ofSeconds(120).plusMillis(COPY_ROWS);

    @Test
    @DisplayName("P8: millions of rows in one transaction pass through a small heap, in parts, each row once")
    void manyRowsInOneTransactionPassThroughASmallHeap(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.runOnce();
            Process process = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());
            try (Tally tally = new Tally(parts, world.source)) {
                await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);

                // When
                world.execute("insert into notes select g, 'tenant-' || g %% 5, 'x' from generate_series(1, %d) g"
                        .formatted(COPY_ROWS));

                // Then
                tally.until(COPY_ROWS, PATIENCE, process::isAlive);
                assertThat(tally.faults()).isEmpty();
                assertThat(tally.transactions()).isEqualTo(1);
                assertThat(tally.last()).isEqualTo(tally.partitions()).isGreaterThan(1);
                assertThat(tally.parted())
                        .as("changes that left in parts, before the commit")
                        .isGreaterThan(COPY_ROWS - 2L * CaptureLimits.DEFAULT.transactionRows());
                assertThat(process.isAlive()).isTrue();
                assertThat(ChildProcess.said(world)).doesNotContain("OutOfMemoryError");
            } finally {
                process.destroyForcibly().waitFor();
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
            }
        }
    }

    @Test
    @DisplayName(
            "P8: while Kafka is away under load the log waits in the database, not in memory; then all of it comes")
    void whileKafkaIsAwayTheLogWaitsInTheDatabase(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.runOnce();
            Process process = ChildProcess.start(world, CaptureLimits.DEFAULT.transactionRows());
            try (Tally tally = new Tally(parts, world.source)) {
                await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                int rows = insert(world, 0);
                tally.until(rows, PATIENCE, process::isAlive);

                // When
                parts.kafka().stop();
                try {
                    rows = insertFor(OUTAGE, world, rows);
                } finally {
                    parts.kafka().start();
                }
                rows = insert(world, rows);

                // Then
                tally.until(rows, PATIENCE.plus(OUTAGE.multipliedBy(2)), process::isAlive);
                assertThat(tally.faults()).isEmpty();
                assertThat(tally.keys()).isEqualTo(rows);
                assertThat(tally.transactions()).isEqualTo(rows / ROWS_PER_TRANSACTION);
                assertThat(ChildProcess.said(world)).doesNotContain("OutOfMemoryError");
            } finally {
                process.destroyForcibly().waitFor();
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
            }
        }
    }

    /// About 5,000 rows a second.
    private static int insertFor(Duration how, World world, int rows) {
        long end = System.nanoTime() + how.toNanos();
        AtomicInteger count = new AtomicInteger(rows);
        await().atMost(how.plus(World.PATIENCE)).pollInterval(PACE).until(() -> {
            count.set(insert(world, count.get()));
            return System.nanoTime() > end;
        });
        return count.get();
    }

    /// @return how many rows there are now
    private static int insert(World world, int rows) {
        world.execute("insert into notes select g, 'tenant-' || g %% 5, 'x' from generate_series(%d, %d) g"
                .formatted(rows + 1, rows + ROWS_PER_TRANSACTION));
        return rows + ROWS_PER_TRANSACTION;
    }
}
