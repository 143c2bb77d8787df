package dev.rowcast.streams.kill;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One subscription, as a gateway holds it: it drops by position what it has had.
final class Listener {

    private record Got(long offset, String meaning) {}

    private final long request;
    private final String tenant;
    private final String node;
    private final String target;
    private final long start;
    private final List<Got> got = new ArrayList<>();
    private final List<long[]> skipped = new ArrayList<>();
    private long position;
    private boolean live;
    private boolean ended;
    private int dropped;

    /// @param start the last offset that it has
    Listener(long request, String tenant, String node, String target, long start) {
        this.request = request;
        this.tenant = tenant;
        this.node = node;
        this.target = target;
        this.start = start;
        this.position = start;
    }

    String target() {
        return target;
    }

    String tenant() {
        return tenant;
    }

    String node() {
        return node;
    }

    boolean live() {
        return live;
    }

    int dropped() {
        return dropped;
    }

    int resets() {
        return skipped.size();
    }

    int told() {
        return got.size();
    }

    /// @param replayed for whose request it is; nobody's when it is live
    void receive(Optional<Long> replayed, long offset, String meaning) {
        if (ended || replayed.map(each -> each != request).orElse(!live)) {
            return;
        }
        if (offset <= position) {
            dropped++;
            return;
        }
        position = offset;
        got.add(new Got(offset, meaning));
    }

    /// What is at or before this position has been told.
    void subscribed(long offset) {
        live = true;
        position = Math.max(position, offset);
    }

    /// It is told that it must refetch: nothing is promised up to here.
    void reset(long offset) {
        if (!ended && offset > position) {
            skipped.add(new long[] {position, offset});
            position = offset;
        }
    }

    /// It does not listen any more; what it has must be whole as far as it goes.
    void end() {
        ended = true;
    }

    /// What it has not been told, and where it differs.
    ///
    /// @return empty when all is right
    Optional<String> compare(Truth truth) {
        List<Got> due = truth.of(tenant).stream()
                .filter(row -> row.offset() > start && (!ended || row.offset() <= lastTold()) && !skipped(row.offset()))
                .flatMap(row -> row.meaningFor(target).map(meaning -> new Got(row.offset(), meaning)).stream())
                .toList();
        // A reset may come after some of what it covers.
        List<Got> told = got.stream().filter(each -> !skipped(each.offset())).toList();
        if (told.equals(due)) {
            return Optional.empty();
        }
        int at = 0;
        while (at < told.size() && at < due.size() && told.get(at).equals(due.get(at))) {
            at++;
        }
        return Optional.of("%s on %s of %s after %d (request %d, %s): number %d of %d is due as %s and came as %s"
                .formatted(
                        target,
                        node,
                        tenant,
                        start,
                        request,
                        ended ? "ended" : "alive",
                        at,
                        due.size(),
                        at < due.size() ? due.get(at) : "nothing",
                        at < told.size() ? told.get(at) : "nothing"));
    }

    private long lastTold() {
        return got.isEmpty() ? start : got.getLast().offset();
    }

    private boolean skipped(long offset) {
        return skipped.stream().anyMatch(each -> offset > each[0] && offset <= each[1]);
    }
}
