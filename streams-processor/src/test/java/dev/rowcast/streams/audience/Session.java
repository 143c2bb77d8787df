package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// What one client of a node asks for, what it got, and what it should have got.
final class Session {

    final String tenant;
    final Principal principal;
    final Target target;
    /// Up to where it has everything.
    long position;
    /// Where it was last let in; -1 before.
    long answered = -1;

    private long from;
    private final Map<Long, String> got = new TreeMap<>();
    /// Of a replay that is not answered yet.
    private final Set<Long> replayed = new HashSet<>();

    Session(String tenant, Principal principal, Target target, long start) {
        this.tenant = tenant;
        this.principal = principal;
        this.target = target;
        this.position = start;
        this.from = start;
    }

    boolean isLive() {
        return answered >= 0;
    }

    /// Whether the node keeps one subscription for all who want the same.
    boolean isShared() {
        return target.getName().startsWith("vault:");
    }

    boolean hasMembers() {
        return target.getName().startsWith("room:");
    }

    boolean is(String otherTenant, Principal other) {
        return tenant.equals(otherTenant) && principal.equals(other);
    }

    /// Whether a frame with this audience is for it.
    boolean isAddressed(List<String> channels, String entity, List<Principal> principals) {
        return target.getKind() == TargetKind.CHANNEL
                ? channels.contains(target.getName())
                : target.getName().equals(entity) && principals.contains(principal);
    }

    void takeLive(Model model, long offset, String action) {
        if (offset > position) {
            assertThat(model.meaning(tenant, principal, target, offset, offset))
                    .as("%s may have %d", this, offset)
                    .contains(action);
            got.put(offset, action);
            position = offset;
        }
    }

    void takeReplayed(long offset, String action) {
        if (offset > position) {
            got.put(offset, action);
            replayed.add(offset);
            position = offset;
        }
    }

    /// What is replayed goes also by what is true when it is replayed, of which there may have been several tries.
    void accept(Model model, long offset) {
        for (long each : replayed) {
            assertThat(LongStream.rangeClosed(each, Math.max(position, offset))
                            .mapToObj(now -> model.meaning(tenant, principal, target, each, now)))
                    .as("%s may have %d replayed", this, each)
                    .contains(Optional.ofNullable(got.get(each)));
        }
        replayed.clear();
        answered = Math.max(answered, offset);
        position = Math.max(position, offset);
    }

    void reset(long offset) {
        if (offset > from) {
            from = offset;
            position = Math.max(position, offset);
        }
    }

    static boolean covers(List<Span> spans, long offset) {
        return spans.stream().anyMatch(span -> span.getAfter() < offset && offset <= span.getUntil());
    }

    /// Up to its position it got everything that it must have.
    void verify(Model model, String where) {
        for (long offset = from + 1; offset <= position; offset++) {
            long each = offset;
            if (!got.containsKey(each)) {
                assertThat(model.meaning(tenant, principal, target, each, each)
                                .filter(missed -> !wasLostSince(model, each)))
                        .as("%s missed at %d: %s", this, each, where)
                        .isEmpty();
            }
        }
    }

    private boolean wasLostSince(Model model, long offset) {
        return (target.getKind() == TargetKind.ENTITY || principal.getKind() == PrincipalKind.KEY)
                && LongStream.rangeClosed(offset, answered)
                        .anyMatch(now -> model.meaning(tenant, principal, target, offset, now)
                                .isEmpty());
    }

    /// Everything that is in the log has come.
    void verifyWhole(Model model, String where) {
        position = Math.max(position, model.end() - 1);
        verify(model, where);
    }

    int received() {
        return got.size();
    }

    @Override
    public String toString() {
        return "%s %s %s %s from %d, let in at %d, at %d"
                .formatted(tenant, principal.getKind(), principal.getId(), target.getName(), from, answered, position);
    }
}
