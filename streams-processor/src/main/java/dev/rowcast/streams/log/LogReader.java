package dev.rowcast.streams.log;

/// Reads what is committed in `rowcast.changes`. For one thread.
public interface LogReader extends AutoCloseable {

    /// The oldest offset that the log still has; its end when it is empty.
    ///
    /// @throws RuntimeException when the log cannot be reached
    long first(int partition);

    /// The first offset whose record was written at this time or later; the log's end when there is none.
    ///
    /// @param timestampMs milliseconds since 1970
    /// @throws RuntimeException when the log cannot be reached
    long firstSince(int partition, long timestampMs);

    /// The offset after the last committed record.
    ///
    /// @throws RuntimeException when the log cannot be reached
    default long end(int partition) {
        return firstSince(partition, Long.MAX_VALUE);
    }

    /// Reads on, until a bound is reached or some records were read and no more are at hand.
    ///
    /// @param from first offset to read, at least [#first]
    /// @param until first offset not to read; what is before it must be committed or taken back
    /// @param mostRecords at least 1
    /// @throws RuntimeException when the log cannot be reached, or `from` is not in it any more
    LogChunk read(int partition, long from, long until, int mostRecords);

    @Override
    void close();
}
