package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// What one client of a node asks for, what it got, and what by the [Model] it should have got.
final class Session {

    final String tenant;
    final Principal principal;
    final Target target;
    /// Up to where it was told something; what comes again from before that is dropped.
    private long position;
    /// Where it was last let in; -1 before.
    long answered = -1;

    private final Model model;
    private long from;
    private boolean suspended;
    /// Up to where it has everything, by what deliveries say of themselves; from there it asks again. A part of what a
    /// change means has the change's offset, and comes before that.
    private Start reached;
    /// The last cursor that it has.
    private long resumable = -1;
    private final Map<Long, List<String>> got = new TreeMap<>();
    /// Of a replay that is not answered yet.
    private final Set<Long> replayed = new TreeSet<>();
    /// For who has to find out why.
    private final List<String> story = new ArrayList<>();

    Session(Model model, String tenant, Principal principal, Target target, Start start) {
        this.model = model;
        this.tenant = tenant;
        this.principal = principal;
        this.target = target;
        this.position = start.getOffset();
        this.from = start.getOffset();
        this.reached = start;
    }

    boolean isLive() {
        return answered >= 0 && !suspended;
    }

    /// Its subscription is gone, and it asks again.
    void suspend() {
        suspended = true;
    }

    /// From where it asks again.
    Start reached() {
        return reached;
    }

    /// What the node has now, it has.
    void reach(long epoch, long offset) {
        boolean further = reached.getEpoch() != epoch || reached.getOffset() < offset;
        reached = further ? new Start(epoch, offset) : reached;
    }

    /// Whether the node keeps one subscription for all who want the same.
    boolean isShared() {
        return target.getKind() == TargetKind.CHANNEL && !hasMembers();
    }

    boolean hasMembers() {
        return target.getName().startsWith("room:");
    }

    boolean is(String otherTenant, Principal other) {
        return tenant.equals(otherTenant) && principal.equals(other);
    }

    /// Whether the frame is for it.
    boolean isAddressed(Frame frame) {
        return switch (target.getKind()) {
            case CHANNEL ->
                target.getFilter().isEmpty()
                        ? frame.getChannels().contains(target.getName())
                        : frame.getFiltered().contains(target);
            default ->
                target.getName().equals(frame.getEntity())
                        && frame.getPrincipals().contains(principal);
        };
    }

    /// @param changes what it is told, by offset
    void takeLive(TreeMap<Long, List<String>> changes) {
        story.add("live " + changes);
        changes.tailMap(position, false).forEach((offset, told) -> {
            assertThat(told).as("%s may have %d", this, offset).isIn(due(offset), dueAtCommit(offset));
            got.put(offset, told);
            position = offset;
        });
        for (long rest = position + 1; rest <= model.wholeUntil(position); rest++) {
            assertThat(due(rest))
                    .as("%s is told %d together with %d", this, rest, position)
                    .isEmpty();
        }
    }

    /// @param changes what it is told, by offset
    void takeReplayed(TreeMap<Long, List<String>> changes) {
        story.add("replayed " + changes);
        changes.tailMap(position, false).forEach((offset, told) -> {
            got.put(offset, told);
            replayed.add(offset);
            position = offset;
        });
    }

    /// It may resume after this.
    void takeCursor(long offset) {
        story.add("cursor " + offset);
        position = Math.max(position, offset);
        resumable = Math.max(resumable, offset);
    }

    /// What is replayed goes also by what is true when it is replayed, of which there may have been several tries.
    void accept(Start at) {
        long offset = at.getOffset();
        story.add("accepted at " + offset);
        for (long each : replayed) {
            assertThat(nows(each, Math.max(position, offset))
                            .mapToObj(now -> model.meaning(tenant, principal, target, each, now)))
                    .as("%s may have %d replayed", this, each)
                    .contains(got.get(each));
        }
        replayed.clear();
        if (!isLive()) {
            reach(at.getEpoch(), offset);
        }
        suspended = false;
        answered = Math.max(answered, offset);
        resumable = Math.max(resumable, offset);
        position = Math.max(position, offset);
    }

    /// The change because of which it has to refetch, when it is told so at this position: of several records only the
    /// last has the change's own, the others have the one before. -1 without one.
    long cut(long offset) {
        boolean here = model.cuts(tenant, target, offset);
        boolean next = model.cuts(tenant, target, offset + 1);
        if (here && (offset > from || !next)) {
            return offset;
        }
        return next ? offset + 1 : -1;
    }

    /// It refetches, and is here then.
    void reset(long offset) {
        story.add("reset at " + offset);
        if (offset > from) {
            from = offset;
            position = Math.max(position, offset);
        }
    }

    static boolean covers(List<Span> spans, long offset) {
        return spans.stream().anyMatch(span -> span.getAfter() < offset && offset <= span.getUntil());
    }

    /// Up to its position it got everything that it must have.
    void verify(String where) {
        for (long offset = from + 1; offset <= position; offset++) {
            long each = offset;
            // To refetch comes after what else the change means, and before any cursor.
            boolean isNext = each == position && position > resumable;
            assertThat(model.cuts(tenant, target, each) && !isNext || model.beginsEpoch(each) && each > from + 1)
                    .as("%s was not told to refetch at %d: %s", this, each, where)
                    .isFalse();
            if (!got.containsKey(each)) {
                List<String> due = due(each);
                assertThat(due.isEmpty() || wasLostSince(each))
                        .as("%s got %s at %d: %s", this, due, each, where)
                        .isTrue();
            }
        }
    }

    /// It is told at the end of what is told together.
    private List<String> due(long offset) {
        return model.meaning(tenant, principal, target, offset, model.wholeUntil(offset));
    }

    /// It was let in while the transaction that lets it in waited for its end.
    private List<String> dueAtCommit(long offset) {
        long end = model.wholeUntil(offset);
        return hasMembers() && answered <= offset
                ? model.meaning(tenant, principal, target, offset, end, end)
                : due(offset);
    }

    private boolean wasLostSince(long offset) {
        return (target.getKind() == TargetKind.ENTITY || principal.getKind() == PrincipalKind.KEY)
                && nows(offset, answered)
                        .anyMatch(now -> model.meaning(tenant, principal, target, offset, now)
                                .isEmpty());
    }

    /// What may have been now while positions were these: a transaction that waits is ahead of them.
    private LongStream nows(long from, long until) {
        return LongStream.rangeClosed(
                from, until < from ? until : model.wholeUntil(Math.min(until + 1, model.end() - 1)));
    }

    /// Everything that is in the log has come.
    void verifyWhole(String where) {
        takeCursor(model.end() - 1);
        verify(where);
    }

    int received() {
        return got.size();
    }

    @Override
    public String toString() {
        return "%s %s %s %s %s from %d, let in at %d, at %d: %s"
                .formatted(
                        tenant,
                        principal.getKind(),
                        principal.getId(),
                        target.getName(),
                        target.getFilter(),
                        from,
                        answered,
                        position,
                        story.subList(
                                Math.max(0, story.size() - Integer.getInteger("rowcast.story", 8)), story.size()));
    }
}
