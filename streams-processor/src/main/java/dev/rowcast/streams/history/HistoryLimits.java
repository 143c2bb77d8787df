package dev.rowcast.streams.history;

/// How much of the past a history keeps. It always knows the present.
///
/// @param entries of one value, at least 2
/// @param offsets how far back questions are answered; far more than a task ever reads again
public record HistoryLimits(int entries, long offsets) {

    public static final HistoryLimits DEFAULTS = new HistoryLimits(64, 250_000);

    public HistoryLimits {
        if (entries < 2 || offsets < 1) {
            throw new IllegalArgumentException(
                    "a history has at least 2 entries and 1 offset, not %d and %d".formatted(entries, offsets));
        }
    }
}
