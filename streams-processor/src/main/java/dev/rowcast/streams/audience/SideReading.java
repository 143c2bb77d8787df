package dev.rowcast.streams.audience;

import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one partition of the log off the stream thread, a chunk at a time, with a reader that it opens when it first
/// needs one.
final class SideReading {

    private static final Logger LOG = LoggerFactory.getLogger(SideReading.class);
    private static final int CHUNK = 4_000;

    private final ChangeLog log;
    private final Executor executor;
    private final int partition;
    private @Nullable LogReader reader;
    private boolean closed;

    SideReading(ChangeLog log, Executor executor, int partition) {
        this.log = log;
        this.executor = executor;
        this.partition = partition;
    }

    /// The stretch of the log that begins here, or where the log begins now; empty when the log cannot be read.
    ///
    /// @param until offset, exclusive
    CompletableFuture<Optional<Stretch>> read(long from, long until) {
        try {
            return CompletableFuture.supplyAsync(() -> stretch(from, until), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    /// Gives the reader back, after what is being read.
    void close() {
        try {
            executor.execute(this::closeReader);
        } catch (RejectedExecutionException e) {
            // The process stops, and with it the connection.
            LOG.atDebug().log("Reader of the log left open");
        }
    }

    private synchronized Optional<Stretch> stretch(long from, long until) {
        if (closed) {
            return Optional.empty();
        }
        try {
            LogReader open = reader == null ? log.open() : reader;
            reader = open;
            long oldest = open.first(partition);
            try {
                return Optional.of(stretch(open, oldest, Math.max(oldest, from), until));
            } catch (RuntimeException e) {
                long now = open.first(partition);
                if (now <= Math.max(oldest, from)) {
                    throw e;
                }
                // What was about to be read was forgotten meanwhile. Who needs what is left asks again.
                return Optional.of(new Stretch(now, now, now - 1, List.of()));
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", from)
                    .setCause(e)
                    .log("Log not readable for replays");
            return Optional.empty();
        }
    }

    private Stretch stretch(LogReader open, long oldest, long from, long until) {
        LogChunk chunk = open.read(partition, from, until, CHUNK);
        return new Stretch(oldest, from, chunk.next() - 1, chunk.records());
    }

    private synchronized void closeReader() {
        closed = true;
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
