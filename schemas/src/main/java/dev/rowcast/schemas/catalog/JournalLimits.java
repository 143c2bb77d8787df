package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import java.time.Duration;

/// How much of each partition's past is kept on the heap, for those who resume. Over any of the bounds the oldest goes.
///
/// @param changes from 1 to 10,000,000
/// @param bytes of the records as they are in the log, from 1 KiB to 64 GiB; on the heap they take about three times
///     that
/// @param age by the time of capture, in whole minutes, from one minute to a day
public record JournalLimits(int changes, long bytes, Duration age) {

    public static final JournalLimits DEFAULTS = new JournalLimits(10_000, 8L << 20, Duration.ofMinutes(10));

    static final int MOST_CHANGES = 10_000_000;
    static final long LEAST_BYTES = 1L << 10;
    static final long MOST_BYTES = 64L << 30;
    static final int MOST_MINUTES = 24 * 60;

    /// @throws IllegalArgumentException when a bound is out of its range
    public JournalLimits {
        check("changes", changes, 1, MOST_CHANGES);
        check("bytes", bytes, LEAST_BYTES, MOST_BYTES);
        check("minutes", age.toMinutes(), 1, MOST_MINUTES);
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE,
                    "%d %s is out of range".formatted(value, what),
                    "write from %d to %d".formatted(least, most));
        }
    }
}
