package dev.rowcast.standalone.cli;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is worth saying of answers that follow each other: where they come from when that changes, and that they are
/// others. For one thread.
final class WatchLines {

    /// One answer.
    ///
    /// @param status the header `X-Cache`
    /// @param why the header `Cache-Status`
    /// @param tag the header `ETag`
    record Seen(String status, String why, String tag, long tookMicros) {}

    private final Map<String, Integer> counts = new TreeMap<>();
    private Seen last = new Seen("", "", "", 0);
    private long sinceMs;
    private int same;

    /// @param nowMs of any clock that only goes forward
    /// @return empty when there is nothing new to say
    Optional<String> of(Seen seen, long nowMs) {
        counts.merge(seen.status(), 1, Integer::sum);
        boolean evicted = !seen.tag().equals(last.tag()) && !last.tag().isEmpty();
        boolean moved = !seen.status().equals(last.status());
        if (!evicted && !moved) {
            same++;
            return Optional.empty();
        }
        String before = same > 0 ? "  after %d more like the last, %d ms".formatted(same, nowMs - sinceMs) : "";
        last = seen;
        sinceMs = nowMs;
        same = 0;
        return Optional.of("%s%-6s %6.1f ms  %s%s"
                .formatted(
                        evicted ? "changed  " : "         ",
                        seen.status(),
                        seen.tookMicros() / 1_000.0,
                        seen.why(),
                        before));
    }

    /// How many answers came from where.
    String summary() {
        return counts.entrySet().stream()
                .map(each -> "%s %d".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining(", ", "Reads: ", ""));
    }
}
