package dev.rowcast.streams.kill;

import dev.rowcast.schemas.avro.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One subscription, as a gateway holds it: it drops by position what it has had, takes of a channel with members
/// what it was let into, and ends when it is revoked.
final class Listener {

    private record Got(long offset, String meaning) {}

    private enum State {
        ASKED,
        LIVE,
        /// It was not let in, or not again.
        REFUSED,
        /// It was let in, and is not any more.
        REVOKED,
        /// It went by itself.
        GONE
    }

    private final String tenant;
    private final String node;
    private final String user;
    private final String target;
    private final long start;
    private final List<Got> got = new ArrayList<>();
    private final Map<Long, Long> deliveries = new HashMap<>();
    private final List<long[]> skipped = new ArrayList<>();
    private List<Span> spans = List.of();
    private State state = State.ASKED;
    private long request;
    private long position;
    private long admittedAt = -1;
    private long endedAt = -1;
    private int dropped;

    /// @param start the last offset that it has
    Listener(long request, String tenant, String node, String user, String target, long start) {
        this.request = request;
        this.tenant = tenant;
        this.node = node;
        this.user = user;
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

    String user() {
        return user;
    }

    long position() {
        return position;
    }

    long request() {
        return request;
    }

    boolean hasMembers() {
        return target.startsWith("room:");
    }

    boolean live() {
        return state == State.LIVE;
    }

    boolean over() {
        return state != State.LIVE && state != State.ASKED;
    }

    boolean revoked() {
        return state == State.REVOKED;
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

    /// Its node has nothing any more, and it gets nothing until it was answered again.
    void suspend() {
        state = State.ASKED;
        admittedAt = -1;
    }

    /// It asks once more, from where it is.
    void asksAgain(long other) {
        request = other;
    }

    /// @param delivery with which number it came
    /// @param replayed for whose request it is; nobody's when it is live
    void receive(long delivery, Optional<Long> replayed, long offset, String meaning) {
        if (over() || replayed.map(each -> each != request || !isMine(offset)).orElse(!live())) {
            return;
        }
        if (offset <= position) {
            dropped++;
            return;
        }
        position = offset;
        got.add(new Got(offset, meaning));
        if (replayed.isEmpty()) {
            deliveries.put(offset, delivery);
        }
    }

    private boolean isMine(long offset) {
        return !hasMembers() || spans.stream().anyMatch(span -> offset > span.getAfter() && offset <= span.getUntil());
    }

    /// It is let in, and may have what is replayed of these.
    void admitted(List<Span> mine, long offset) {
        spans = mine;
        admittedAt = Math.max(admittedAt, offset);
    }

    /// What is at or before this position has been told.
    ///
    /// @return false when it is refused what it has, and asks again
    boolean subscribed(boolean accepted, long offset) {
        if (over()) {
            return true;
        }
        boolean letIn = accepted && (!hasMembers() || admittedAt >= 0);
        if (letIn) {
            state = State.LIVE;
            position = Math.max(position, offset);
        } else if (state == State.LIVE) {
            return false;
        } else {
            end(State.REFUSED, offset);
        }
        return true;
    }

    /// Nothing of this position or a later one is for it, unless it was let in since.
    void revoked(long offset) {
        if (live() && admittedAt < offset) {
            end(State.REVOKED, offset);
        }
    }

    /// It is told that it must refetch: nothing is promised up to here.
    void reset(long offset) {
        if (!over() && offset > position) {
            skipped.add(new long[] {position, offset});
            position = offset;
        }
    }

    /// It does not listen any more; what it has must be whole as far as it goes.
    void end() {
        if (!over()) {
            end(State.GONE, lastGot());
        }
    }

    private long lastGot() {
        return got.isEmpty() ? start : got.getLast().offset();
    }

    private void end(State how, long offset) {
        state = how;
        endedAt = offset;
    }

    /// What it has not been told, and where it differs; or which transaction came to it in pieces while it was live.
    ///
    /// @return empty when all is right
    Optional<String> compare(Truth truth) {
        return switch (state) {
            case ASKED -> wrong("was never answered");
            case REFUSED ->
                truth.admits(tenant, target, user, endedAt) ? wrong("was refused at " + endedAt) : told(truth);
            case LIVE -> truth.admits(tenant, target, user, Long.MAX_VALUE) ? told(truth) : wrong("was not revoked");
            case REVOKED, GONE -> told(truth);
        };
    }

    private Optional<String> told(Truth truth) {
        long last = state == State.REFUSED ? lastGot() : over() ? endedAt : Long.MAX_VALUE;
        List<Got> due = truth.of(tenant).stream()
                .filter(row -> row.offset() > start && row.offset() <= last && !skipped(row.offset()))
                .filter(row -> truth.admits(tenant, target, user, row.offset()))
                .flatMap(row -> row.meaningFor(target).map(meaning -> new Got(row.offset(), meaning)).stream())
                .toList();
        // A reset may come after some of what it covers.
        List<Got> told = got.stream().filter(each -> !skipped(each.offset())).toList();
        if (told.equals(due)) {
            return torn(truth);
        }
        int at = 0;
        while (at < told.size() && at < due.size() && told.get(at).equals(due.get(at))) {
            at++;
        }
        return wrong("number %d of %d is due as %s and came as %s"
                .formatted(
                        at,
                        due.size(),
                        at < due.size() ? due.get(at) : "nothing",
                        at < told.size() ? told.get(at) : "nothing"));
    }

    private Optional<String> torn(Truth truth) {
        Map<Long, Long> deliveryOf = new HashMap<>();
        for (Truth.Row row : truth.of(tenant)) {
            Long delivery = deliveries.get(row.offset());
            if (delivery != null && truth.together(row.transaction())) {
                long first = deliveryOf.computeIfAbsent(row.transaction(), unseen -> delivery);
                if (first != delivery) {
                    return wrong("the transaction that begins at %x came in pieces, one of them at %d"
                            .formatted(row.transaction(), row.offset()));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> wrong(String how) {
        return Optional.of("%s's %s on %s of %s after %d (request %d, let in at %d, %s at %d): %s"
                .formatted(user, target, node, tenant, start, request, admittedAt, state, endedAt, how));
    }

    private boolean skipped(long offset) {
        return skipped.stream().anyMatch(each -> offset > each[0] && offset <= each[1]);
    }
}
