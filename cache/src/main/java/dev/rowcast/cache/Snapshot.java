package dev.rowcast.cache;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which transactions a read of the database has seen, as `pg_current_snapshot()` says it. Ids are kept as 32 bit, like
/// those of changes, and go round.
///
/// @param xmin all before it are over
/// @param xmax this one and all after it had not begun
/// @param running those between, that were not over
public record Snapshot(long xmin, long xmax, Set<Long> running) {

    private static final long ROUND = 1L << 32;
    private static final long HALF = 1L << 31;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,20}):(\\d{1,20}):([\\d,]*)");

    public Snapshot {
        running = Set.copyOf(running);
    }

    /// @param text `xmin:xmax:xip,xip,…`
    /// @throws IllegalArgumentException when it is not like that
    public static Snapshot parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a snapshot looks like 10:20:10,14, not like '%s'".formatted(text));
        }
        Set<Long> running = matcher.group(3).isEmpty()
                ? Set.of()
                : Stream.of(matcher.group(3).split(","))
                        .map(Snapshot::short32)
                        .collect(Collectors.toCollection(HashSet::new));
        return new Snapshot(short32(matcher.group(1)), short32(matcher.group(2)), running);
    }

    /// Whether a transaction was over, and what it did was seen if it was committed.
    ///
    /// @param xid as `pg_current_xact_id()` gives it, or its lower 32 bits
    public boolean sees(long xid) {
        long x = xid & (ROUND - 1);
        return before(x, xmin) || before(x, xmax) && !running.contains(x);
    }

    /// As [#parse] reads it.
    public String text() {
        return xmin + ":" + xmax + ":" + runningText();
    }

    /// Those that were running, divided by commas.
    public String runningText() {
        return running.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static boolean before(long a, long b) {
        return Math.floorMod(a - b, ROUND) >= HALF;
    }

    private static long short32(String digits) {
        return Long.parseUnsignedLong(digits) & (ROUND - 1);
    }
}
