package dev.rowcast.streams.audience;

import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One partition's record of what a test put into it. Written and read by one thread.
final class MemoryLog implements ChangeLog {

    private final NavigableMap<Long, LogRecord> records = new TreeMap<>();
    private int read;
    private long end;
    private boolean fails;

    void put(long offset, @Nullable String key, Incoming value) {
        end = Math.max(end, offset + 1);
        records.put(offset, new LogRecord(offset, 0, key, value));
    }

    /// Retention came.
    void trim(long firstOffset) {
        records.headMap(firstOffset).clear();
    }

    /// The topic is deleted and made again.
    void recreate() {
        records.clear();
        end = 0;
    }

    /// The broker is away.
    void fail() {
        fails = true;
    }

    /// How many records were read.
    int read() {
        return read;
    }

    @Override
    public LogReader open() {
        return new LogReader() {
            @Override
            public long first(int partition) {
                return records.isEmpty() ? 0 : records.firstKey();
            }

            @Override
            public long firstSince(int partition, long timestampMs) {
                return first(partition);
            }

            @Override
            public long end(int partition) {
                return end;
            }

            @Override
            public LogChunk read(int partition, long from, long until, int mostRecords) {
                if (fails) {
                    throw new IllegalStateException("no broker");
                }
                List<LogRecord> found = records.subMap(from, until).values().stream()
                        .limit(mostRecords)
                        .toList();
                read += found.size();
                return new LogChunk(
                        found,
                        found.size() < mostRecords ? until : found.getLast().offset() + 1);
            }

            @Override
            public void close() {}
        };
    }
}
