package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.channel.Upstream.Ask;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop ask for and have, from the request to the end of the subscription. Confined
/// to the loop.
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled looks itself whether it is still wanted
final class Subscriptions {

    private static final Duration ASK_AGAIN = Duration.ofMillis(200);

    private final Shard shard;
    private final EventLoop loop;
    private final Index index;
    private final Standing standing;
    private final ShardServices services;
    private final Joining joining;
    private final Map<Long, Request> requests = new HashMap<>();

    Subscriptions(Shard shard, Index index, Standing standing, ShardServices services) {
        this.shard = shard;
        this.loop = shard.loop();
        this.index = index;
        this.standing = standing;
        this.services = services;
        this.joining = new Joining(index, standing, services);
    }

    /// Asks for what concerns the targets, in each part of the tenant where something may.
    ///
    /// @param cursor the client's own position in every part; without one the node's is the start
    /// @return false when the node cannot do it now
    boolean subscribe(
            Connection connection, Collection<Target> targets, Wish wish, Optional<Cursor> cursor, Answers answers) {
        Map<TenantId, Set<Target>> parts = new LinkedHashMap<>();
        TenantId tenant = connection.identity().tenant();
        for (Target target : targets) {
            for (TenantId part : target.parts(services.placement(), tenant)) {
                parts.computeIfAbsent(part, unseen -> new LinkedHashSet<>()).add(target);
            }
        }
        if (parts.keySet().stream().anyMatch(part -> standing.of(part) == null)) {
            return false;
        }
        if (parts.size() == 1) {
            Map.Entry<TenantId, Set<Target>> only = parts.entrySet().iterator().next();
            return subscribe(connection, only.getKey(), only.getValue(), wish, start(cursor, only.getKey()), answers);
        }
        Gathering gathering = new Gathering(parts.size(), answers);
        for (Map.Entry<TenantId, Set<Target>> each : parts.entrySet()) {
            TenantId part = each.getKey();
            if (!subscribe(connection, part, each.getValue(), wish, start(cursor, part), gathering)) {
                gathering.giveUp();
                connection.requests().stream()
                        .filter(request -> request.answers() == gathering)
                        .forEach(this::giveUp);
                return false;
            }
        }
        return true;
    }

    /// Where the client is in one part.
    private Optional<Start> start(Optional<Cursor> cursor, TenantId part) {
        return cursor.map(here -> new Start(
                here.epoch(), here.offset(services.upstream().partition(part)).orElseThrow()));
    }

    private boolean subscribe(
            Connection connection,
            TenantId part,
            Collection<Target> targets,
            Wish wish,
            Optional<Start> start,
            Answers answers) {
        Progress here = Objects.requireNonNull(standing.of(part));
        if (joining.may(connection, part, targets, start, here)) {
            return join(connection, part, targets, wish, here, answers);
        }
        return ask(
                new Request(
                        services.upstream().nextRequest(),
                        part,
                        connection,
                        new LinkedHashSet<>(targets),
                        wish,
                        start.orElseGet(() -> new Start(here.epoch(), here.offset())),
                        Optional.empty(),
                        start.isPresent(),
                        false,
                        Told.NOTHING,
                        answers,
                        Deadline.of(services.limits().answer(), System.nanoTime())),
                false);
    }

    /// What another one of this event loop gets, it gets from here on; nothing is asked.
    private boolean join(
            Connection connection,
            TenantId part,
            Collection<Target> targets,
            Wish wish,
            Progress here,
            Answers answers) {
        List<Target> joined = List.copyOf(new LinkedHashSet<>(targets));
        if (!services.upstream().join(connection.identity().in(part), joined)) {
            return false;
        }
        List<Target> released = new ArrayList<>();
        for (Target target : joined) {
            enter(
                    new Member(connection, part, index.shared(part, target), wish, here.offset(), here.offset()),
                    released);
        }
        release(connection, part, released);
        connection.uncovered.remove(joined);
        Optional<String> cursor = standing.cursor(connection.identity().tenant());
        answers.subscribed(connection.mayTakeCursors() ? cursor : Optional.empty(), joined, List.of());
        index.watching().begin(connection, joined);
        return true;
    }

    /// Ends the memberships that were let in as of an earlier position, and what was let in of requests.
    ///
    /// @return what the connection had and has no longer
    List<Target> revoke(Connection connection, TenantId part, Collection<Target> targets, long at) {
        List<Target> ended = new ArrayList<>();
        for (Member member : List.copyOf(connection.memberships.values())) {
            if (member.part.equals(part)
                    && member.asOf <= at
                    && targets.stream().anyMatch(each -> each.covers(member.target))) {
                leave(member);
                ended.add(member.target);
            }
        }
        release(connection, part, ended);
        endElsewhere(connection, part, ended);
        for (Request request : connection.requests()) {
            if (!request.part().equals(part)) {
                continue;
            }
            Told told = request.told();
            for (Target target : request.targets()) {
                // Of one that nothing is known of yet, what will be said of it decides.
                boolean known = told.asOf() >= 0 && told.asOf() <= at
                        || told.asOf() < 0 && told.replayed().isPresent();
                if (known && targets.stream().anyMatch(each -> each.covers(target))) {
                    told = told.without(target, at);
                }
            }
            replace(request.with(told));
        }
        return ended;
    }

    /// Ends what is subscribed or being subscribed of these.
    void unsubscribe(Connection connection, Collection<Target> targets) {
        end(connection, Set.copyOf(targets), everyPart -> true);
        connection.uncovered.remove(targets);
    }

    /// Who lost a target in one part of the tenant, or was refused there, has it in no other either: nothing later may
    /// follow, and half of it would pass for the whole.
    private void endElsewhere(Connection connection, TenantId part, Collection<Target> targets) {
        if (!targets.isEmpty()
                && services.placement().isSplit(connection.identity().tenant())) {
            end(connection, Set.copyOf(targets), other -> !other.equals(part));
        }
    }

    private void end(Connection connection, Set<Target> targets, Predicate<TenantId> parts) {
        Map<TenantId, List<Target>> released = new LinkedHashMap<>();
        for (Member member : List.copyOf(connection.memberships.values())) {
            if (targets.contains(member.target) && parts.test(member.part)) {
                leave(member);
                released.computeIfAbsent(member.part, unseen -> new ArrayList<>())
                        .add(member.target);
            }
        }
        for (Request request : connection.requests()) {
            if (parts.test(request.part())) {
                List<Target> given =
                        request.targets().stream().filter(targets::contains).toList();
                given.forEach(request.targets()::remove);
                released.computeIfAbsent(request.part(), unseen -> new ArrayList<>())
                        .addAll(given);
            }
        }
        released.forEach((part, given) -> release(connection, part, given));
    }

    /// Takes it out of its room.
    private void leave(Member member) {
        member.connection.memberships.remove(member.seat());
        index.remove(member);
        services.census().subscribed(-1);
    }

    private void release(Connection connection, TenantId part, Collection<Target> targets) {
        services.upstream().release(connection.identity().in(part), targets);
    }

    /// Ends everything that the connection has or asked for.
    void forget(Connection connection) {
        Map<TenantId, List<Target>> released = new HashMap<>();
        for (Member member : List.copyOf(connection.memberships.values())) {
            leave(member);
            released.computeIfAbsent(member.part, unseen -> new ArrayList<>()).add(member.target);
        }
        released.forEach((part, targets) -> release(connection, part, targets));
        for (Request request : connection.requests()) {
            giveUp(request);
        }
    }

    /// What the connection has subscribed or asked for.
    static Set<Target> targetsOf(Connection connection) {
        Set<Target> targets = new LinkedHashSet<>();
        connection.memberships.keySet().forEach(seat -> targets.add(seat.target()));
        connection.requests().forEach(request -> targets.addAll(request.targets()));
        return targets;
    }

    /// The request that waits under this number.
    @Nullable
    Request find(long number) {
        return requests.get(number);
    }

    /// Keeps this instead of what waits under its number, because the topology said something of it.
    void heard(Request request) {
        replace(request.heard(request.deadline().heard(services.limits().answer(), System.nanoTime())));
    }

    /// Keeps this instead of what waits under its number.
    void replace(Request request) {
        requests.put(request.number(), request);
        request.connection().await(request);
    }

    /// The request is answered: its targets are members from this offset on, at this place of the stream, and
    /// the asker is told.
    ///
    /// @param rejected are given up
    /// @param asOf the position as of which the topology let it in
    void admit(
            Request request,
            Collection<Target> accepted,
            Collection<Target> rejected,
            long from,
            long asOf,
            Optional<String> cursor) {
        remove(request);
        Connection connection = request.connection();
        TenantId part = request.part();
        List<Target> released = new ArrayList<>(rejected);
        List<Target> entered =
                accepted.stream().filter(request.targets()::contains).toList();
        for (Target target : entered) {
            enter(new Member(connection, part, index.shared(part, target), request.wish(), from, asOf), released);
        }
        // What the client gave up meanwhile was released then.
        released.retainAll(request.targets());
        release(connection, part, released);
        endElsewhere(connection, part, rejected);
        connection.uncovered.add(rejected);
        connection.uncovered.remove(entered);
        boolean isFurthest = connection.resumes == 0 && connection.ahead.isAtMost(part, from, standing);
        Optional<String> known = isFurthest ? cursor : Optional.empty();
        if (!entered.isEmpty()) {
            connection.ahead.reached(part, from);
        }
        request.answers().subscribed(known, accepted, rejected);
        index.watching().begin(connection, accepted);
    }

    /// @param released takes the target when the connection had it already
    private void enter(Member member, Collection<Target> released) {
        Member before = member.connection.memberships.put(member.seat(), member);
        index.add(member);
        if (before == null) {
            services.census().subscribed(1);
        } else {
            index.remove(before);
            released.add(member.target);
        }
    }

    /// Asks the same again in a moment, within the same deadline.
    void askLater(Request request) {
        loop.schedule(
                () -> {
                    Request waiting = requests.get(request.number());
                    if (waiting != null) {
                        shard.turn(() -> repeat(waiting));
                    }
                },
                ASK_AGAIN.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /// The topology has lost, or sends elsewhere, what the connections of these tenants had and asked for. All
    /// of it is asked for again, from where each of them is.
    ///
    /// @param which tenants, or parts of tenants
    void askAgain(Predicate<TenantId> which) {
        for (Connection connection : shard.connections()) {
            connection.requests().stream()
                    .filter(request -> which.test(request.part()))
                    .forEach(this::repeat);
            connection.parts().stream().filter(which).forEach(part -> {
                connection.memberships.values().stream()
                        .filter(member -> member.part.equals(part))
                        .map(member -> member.wish)
                        .distinct()
                        .toList()
                        .forEach(wish -> askAgain(connection, part, wish));
            });
        }
    }

    private void askAgain(Connection connection, TenantId part, Wish wish) {
        List<Member> members = connection.memberships.values().stream()
                .filter(member -> member.wish.equals(wish) && member.part.equals(part))
                .toList();
        Progress here = standing.of(part);
        if (members.isEmpty() || here == null) {
            return;
        }
        Set<Target> targets = new LinkedHashSet<>();
        for (Member member : members) {
            leave(member);
            targets.add(member.target);
        }
        askOrClose(
                new Request(
                        services.upstream().nextRequest(),
                        part,
                        connection,
                        targets,
                        wish,
                        new Start(here.epoch(), here.offset()),
                        Optional.empty(),
                        true,
                        true,
                        Told.NOTHING,
                        new Reconnecting(connection, services.codec()),
                        Deadline.of(services.limits().answer(), System.nanoTime())),
                false);
    }

    /// Ends the requests that were not answered in time.
    void expire() {
        long now = System.nanoTime();
        List<Request> late = requests.values().stream()
                .filter(request -> request.deadline().isOver(now))
                .toList();
        for (Request request : late) {
            giveUp(request);
            request.connection().uncovered.add(request.targets());
            request.answers().expired();
        }
    }

    /// Asks the same again, together with none of another start.
    void repeatExactly(Request request) {
        repeat(request, true);
    }

    private void repeat(Request request) {
        repeat(request, false);
    }

    private void repeat(Request request, boolean exact) {
        if (!requests.containsKey(request.number())) {
            return; // its connection ended when another of its requests could not be repeated
        }
        remove(request);
        askOrClose(request.repeated(services.upstream().nextRequest()), exact);
    }

    private void askOrClose(Request request, boolean exact) {
        if (!ask(request, exact)) {
            release(request.connection(), request.part(), request.targets());
            request.connection().end(ErrorCode.OVERLOADED);
        }
    }

    private boolean ask(Request request, boolean exact) {
        Connection connection = request.connection();
        boolean taken = services.upstream()
                .subscribe(new Ask(
                        request.number(),
                        connection.identity().in(request.part()),
                        List.copyOf(request.targets()),
                        request.start(),
                        request.again(),
                        exact,
                        !request.wish().rows(),
                        connection.id()));
        if (taken) {
            replace(request);
            connection.resumes += request.resume() ? 1 : 0;
        }
        return taken;
    }

    private void giveUp(Request request) {
        remove(request);
        release(request.connection(), request.part(), request.targets());
    }

    private void remove(Request request) {
        requests.remove(request.number());
        request.connection().forget(request);
        request.connection().resumes -= request.resume() ? 1 : 0;
    }
}
