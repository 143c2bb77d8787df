package dev.rowcast.streams.log;

import java.util.List;

/// `rowcast.changes` as a log that can be read again. Safe for use by several threads.
public interface ChangeLog {

    /// Holds nothing: who cannot read the log remembers only what it processed.
    ChangeLog EMPTY = () -> new LogReader() {
        @Override
        public long first(int partition) {
            return Long.MAX_VALUE;
        }

        @Override
        public long firstSince(int partition, long timestampMs) {
            return Long.MAX_VALUE;
        }

        @Override
        public LogChunk read(int partition, long from, long until, int mostRecords) {
            return new LogChunk(List.of(), until);
        }

        @Override
        public void close() {}
    };

    /// A reader of its own for the thread that asks.
    LogReader open();
}
