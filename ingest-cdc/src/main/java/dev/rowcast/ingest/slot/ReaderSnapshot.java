package dev.rowcast.ingest.slot;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Which transactions a reader sees, as `pg_current_snapshot()` tells it. The log names transactions by 32 bits
/// only, which wrap around; so they are compared on that circle, as the database itself does.
///
/// @param oldest all before it are over
/// @param next it and all behind it are not over
/// @param running those between that are not over
public record ReaderSnapshot(int oldest, int next, Set<Integer> running) {

    /// @param text `xmin:xmax:xip,xip`, each with 64 bits
    public static ReaderSnapshot parse(String text) {
        String[] part = text.split(":", -1);
        Set<Integer> running = part[2].isEmpty()
                ? Set.of()
                : Arrays.stream(part[2].split(",")).map(ReaderSnapshot::circle).collect(Collectors.toUnmodifiableSet());
        return new ReaderSnapshot(circle(part[0]), circle(part[1]), running);
    }

    /// @param xid of a transaction that committed, at most 2^31 transactions ago
    public boolean sees(long xid) {
        int place = (int) xid;
        return place - oldest < 0 || (place - next < 0 && !running.contains(place));
    }

    private static int circle(String xid) {
        return (int) Long.parseLong(xid);
    }
}
