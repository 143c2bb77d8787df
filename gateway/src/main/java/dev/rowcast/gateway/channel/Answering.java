package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.avro.Admission;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the topology says to requests of one shard: whom it lets in, what they missed, and the answer. Several requests
/// may have gone as one command, with the earliest of their starts; each gets of it what is after its own start and
/// what its principal may have. Confined to the event loop.
final class Answering {

    private final Subscriptions subscriptions;
    private final Standing standing;
    private final ShardServices services;

    Answering(Subscriptions subscriptions, Standing standing, ShardServices services) {
        this.subscriptions = subscriptions;
        this.standing = standing;
        this.services = services;
    }

    /// Of several requests that went together, those of this shard that still wait.
    private List<Request> asked(long number) {
        return services.upstream().together(number).numbers().stream()
                .map(subscriptions::find)
                .filter(Objects::nonNull)
                .toList();
    }

    /// Who is in it may have the channels it names, who is not is refused there.
    void admitted(Arrival arrival, Admitted admitted) {
        List<Request> asked = asked(admitted.getRequest());
        if (asked.isEmpty()) {
            return;
        }
        Set<Target> named = new HashSet<>();
        Map<Principal, Map<Target, List<Span>>> spans = new HashMap<>();
        for (Admission each : admitted.getAdmissions()) {
            Target target = Contract.target(each.getTarget());
            named.add(target);
            Contract.principal(each.getPrincipal())
                    .ifPresent(who -> spans.computeIfAbsent(who, unseen -> new HashMap<>())
                            .put(target, each.getSpans()));
        }
        long at = arrival.delivery().getOffset();
        for (Request request : asked) {
            // What was revoked since is not let in again by a topology that reads its input again.
            if (at >= request.told().asOf()) {
                Principal who = request.connection().identity().principal();
                subscriptions.replace(
                        request.with(request.told().admitted(at, named, spans.getOrDefault(who, Map.of()))));
            }
        }
    }

    /// What the askers missed; nobody else gets it.
    void replay(Arrival arrival, Frames frames, long number) {
        List<Request> asked = asked(number);
        if (frames.getFrames().isEmpty() && frames.getCursor() == null) {
            // It takes its time.
            asked.forEach(subscriptions::heard);
            return;
        }
        if (asked.isEmpty()) {
            return;
        }
        Optional<String> cursor = arrival.tenant().flatMap(part -> standing.cursor(part, frames.getCursor()));
        List<Rendered> rendered = frames.getFrames().stream()
                .map(frame -> Rendered.of(frame, cursor))
                .toList();
        asked.forEach(request -> replay(request, arrival, frames.getFrames(), rendered));
    }

    private void replay(Request request, Arrival arrival, List<Frame> frames, List<Rendered> rendered) {
        Set<Target> refused = refused(request);
        if (refused.containsAll(request.targets())) {
            // Should it have to be asked again, and be let in then, it has nothing of this.
            subscriptions.heard(request);
            return;
        }
        Connection connection = request.connection();
        boolean onlyResume = connection.resumes == (request.resume() ? 1 : 0);
        int held = -1;
        for (int i = 0; i < frames.size(); i++) {
            if (!request.has(arrival.epoch(), frames.get(i).getOffset()) && mayHave(request, frames.get(i))) {
                // What a later one says of the row replaces what an earlier one said.
                if (held >= 0 && !LiveFrame.areOfTheSameRow(frames.get(held), frames.get(i))) {
                    connection.tell(rendered.get(held), request.wish().rows(), false);
                }
                held = i;
            }
        }
        if (held >= 0) {
            connection.tell(rendered.get(held), request.wish().rows(), onlyResume);
        }
        // Should it have to be asked again, then from here.
        long reached = arrival.delivery().getOffset();
        Request after = request.start().has(arrival.epoch(), reached)
                ? request
                : request.from(new Start(arrival.epoch(), reached));
        Replayed replayed = request.replayed()
                .orElseGet(() -> new Replayed(request.start(), Set.of()))
                .onTo(new Start(arrival.epoch(), had(reached, frames)), refused);
        subscriptions.heard(after.with(request.told().replayed(replayed)));
    }

    /// What is told together is in the order of the last changes, and its pieces before the last have the position from
    /// before all of it: a piece is had up to its last change. So is any other, unless that change is in several
    /// records: then the position is the one right before it.
    private static long had(long position, List<Frame> frames) {
        long last = frames.isEmpty() ? position : frames.getLast().getOffset();
        return last == position + 1 ? position : Math.max(position, last);
    }

    private Set<Target> refused(Request request) {
        return request.targets().stream()
                .filter(target ->
                        !request.told().admits(target, services.membersOnly().is(target)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean mayHave(Request request, Frame frame) {
        for (Target target : request.targets()) {
            if (names(frame, target, request)
                    && request.told().admits(target, services.membersOnly().is(target), frame.getOffset())) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(Frame frame, Target target, Request request) {
        return switch (target.kind()) {
            case CHANNEL ->
                target.filter().isEmpty()
                        ? frame.getChannels().contains(target.name())
                        : frame.getFiltered().stream()
                                .anyMatch(each -> each.getName().equals(target.name())
                                        && each.getFilter().equals(target.filter()));
            case ENTITY ->
                target.name().equals(frame.getEntity())
                        && frame.getPrincipals().stream()
                                .anyMatch(
                                        each -> Contract.is(request.connection().identity(), each));
        };
    }

    void subscribed(Arrival arrival, Subscribed answer) {
        long at = arrival.delivery().getOffset();
        Progress here = standing.of(arrival.delivery().getPartition());
        boolean behind = here != null && here.epoch().equals(arrival.epoch()) && at < here.offset();
        for (Request request : asked(answer.getRequest())) {
            if (behind) {
                // The topology reads its input again and is behind this node, which drops what it has had; the new
                // subscriber has not. It asks again until the topology has caught up.
                subscriptions.askLater(request);
            } else {
                subscribed(request, arrival, answer);
            }
        }
    }

    private void subscribed(Request request, Arrival arrival, Subscribed answer) {
        long at = arrival.delivery().getOffset();
        List<Target> accepted = new ArrayList<>();
        List<Target> rejected = new ArrayList<>(Contract.targets(answer.getRejected()));
        for (Target target : Contract.targets(answer.getAccepted())) {
            boolean admitted =
                    request.told().admits(target, services.membersOnly().is(target));
            (admitted ? accepted : rejected).add(target);
        }
        tellResets(request, accepted);
        boolean comparable = request.start().epoch().equals(arrival.epoch());
        long from = comparable ? Math.max(at, request.start().offset()) : at;
        TenantId tenant = services.placement().tenant(request.part());
        Optional<String> cursor = from == at && !services.placement().isSplit(tenant)
                ? Optional.of(answer.getCursor())
                : cursor(tenant, request.part(), arrival.epoch(), from);
        subscriptions.admit(request, accepted, rejected, from, at, cursor);
    }

    /// Of a tenant that is split the answer knows one part, and this loop all. A client that was further
    /// elsewhere stays where it is.
    private Optional<String> cursor(TenantId tenant, TenantId part, Epoch epoch, long from) {
        int partition = services.upstream().partition(part);
        if (services.placement().isSplit(tenant)) {
            Progress here = standing.of(part);
            return here != null && here.offset() >= from ? standing.cursor(tenant) : Optional.empty();
        }
        return Optional.of(
                services.cursors().encode(services.placement().cursorOwner(tenant), Cursor.at(epoch, partition, from)));
    }

    /// Some were refused while the past came, and let in when it was asked for again, from behind that.
    private static void tellResets(Request request, List<Target> accepted) {
        Map<Target, Reset.Reason> reasons = new HashMap<>();
        request.replayed()
                .map(Replayed::without)
                .orElse(Set.of())
                .forEach(target -> reasons.put(target, Reset.Reason.LAPSED));
        reasons.putAll(request.told().resets());
        Map<Reset.Reason, List<Target>> resets = new EnumMap<>(Reset.Reason.class);
        for (Target target : accepted) {
            Reset.Reason reason = reasons.get(target);
            if (reason != null) {
                resets.computeIfAbsent(reason, unseen -> new ArrayList<>()).add(target);
            }
        }
        resets.forEach(request.answers()::reset);
    }

    /// The earliest start cannot be honoured. Who starts later than that asks for itself: it need not share the fate.
    /// But when the answer took long, the topology has too much to do, and is not given more.
    void reset(dev.rowcast.schemas.avro.Reset reset, long number) {
        Reset.Reason reason = Contract.reason(reset.getReason());
        List<Target> targets = Contract.targets(reset.getTargets());
        long earliest = services.upstream().together(number).start();
        for (Request request : asked(number)) {
            if (reset.getPrincipal() != null
                    && !Contract.is(request.connection().identity(), reset.getPrincipal())) {
                continue;
            }
            if (reason == Reset.Reason.EPOCH
                    || request.start().offset() <= earliest
                    || request.deadline().waitedLong(System.nanoTime())) {
                subscriptions.replace(request.with(request.told().resetBy(reason, targets)));
            } else {
                subscriptions.repeatExactly(request);
            }
        }
    }
}
