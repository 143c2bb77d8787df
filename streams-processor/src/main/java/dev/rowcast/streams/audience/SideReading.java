package dev.rowcast.streams.audience;

import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the log for one job, off the stream thread and one chunk at a time. A chunk is handed out until the job is
/// through with it, so what waits on the heap is one chunk a job.
final class SideReading {

    private static final Logger LOG = LoggerFactory.getLogger(SideReading.class);
    private static final int CHUNK = 1_000;

    /// What the log has next.
    sealed interface Next {

        /// It is being read.
        record NotYet() implements Next {}

        /// It is not there any more, or cannot be had.
        record Gone() implements Next {}

        /// @param records the tenant's and those of every tenant, in order
        /// @param end offset of the last record that was looked at
        record Some(List<LogRecord> records, long end) implements Next {}
    }

    private final ChangeLog log;
    private final Executor executor;
    private final int partition;
    private final TenantId tenant;
    private final Runnable whenClosed;
    /// Used by one task at a time.
    private @Nullable LogReader reader;

    private @Nullable CompletableFuture<Next> reading;
    private Next last = new Next.NotYet();

    SideReading(ChangeLog log, Executor executor, int partition, TenantId tenant, Runnable whenClosed) {
        this.log = log;
        this.executor = executor;
        this.partition = partition;
        this.tenant = tenant;
        this.whenClosed = whenClosed;
    }

    /// What there is from this offset on, at once or as soon as it was read.
    ///
    /// @param until offset, exclusive
    Next next(long from, long until) {
        if (last instanceof Next.Some(List<LogRecord> records, long end) && from <= end) {
            return new Next.Some(
                    records.stream().filter(record -> record.offset() >= from).toList(), end);
        }
        if (reading == null) {
            try {
                reading = CompletableFuture.supplyAsync(() -> read(from, until), executor);
            } catch (RejectedExecutionException e) {
                return new Next.Gone();
            }
        }
        if (!reading.isDone()) {
            return new Next.NotYet();
        }
        last = reading.join();
        reading = null;
        return last;
    }

    void close() {
        whenClosed.run();
        try {
            executor.execute(this::closeReader);
        } catch (RejectedExecutionException e) {
            // The process stops, and with it the connection.
            LOG.atDebug().log("Reader of the log left open");
        }
    }

    private synchronized Next read(long from, long until) {
        try {
            if (reader == null) {
                reader = log.open();
                if (reader.first(partition) > from) {
                    return new Next.Gone();
                }
            }
            LogChunk chunk = reader.read(partition, from, until, CHUNK);
            return new Next.Some(chunk.records().stream().filter(this::concerns).toList(), chunk.next() - 1);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", from)
                    .setCause(e)
                    .log("Log not readable for a replay");
            return new Next.Gone();
        }
    }

    /// Also what is nobody's, or everybody's.
    private boolean concerns(LogRecord record) {
        return record.key() == null || record.key().isEmpty() || record.key().equals(tenant.value());
    }

    private synchronized void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
