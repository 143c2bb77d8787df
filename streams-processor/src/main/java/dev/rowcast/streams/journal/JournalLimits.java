package dev.rowcast.streams.journal;

/// How much of a partition's past is kept on the heap. Over either bound the oldest goes.
///
/// @param changes at least 1
/// @param bytes of the records as they are in the log; on the heap they take about three times that
public record JournalLimits(int changes, long bytes) {

    public static final JournalLimits DEFAULTS = new JournalLimits(10_000, 8L << 20);

    public JournalLimits {
        if (changes < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a journal holds at least 1 change and 1 byte, not %d and %d".formatted(changes, bytes));
        }
    }
}
