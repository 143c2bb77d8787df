package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.channel.Upstream.Ask;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

    /// Asks for what concerns the targets.
    ///
    /// @return false when the node cannot do it now
    boolean subscribe(
            Connection connection, Collection<Target> targets, Wish wish, Optional<Start> cursor, Answers answers) {
        Progress here = standing.of(connection.identity().tenant());
        if (here == null) {
            return false;
        }
        if (joining.may(connection, targets, cursor, here)) {
            return join(connection, targets, wish, here, answers);
        }
        return ask(
                new Request(
                        services.upstream().nextRequest(),
                        connection,
                        new LinkedHashSet<>(targets),
                        wish,
                        cursor.orElseGet(() -> new Start(here.epoch(), here.offset())),
                        cursor.isPresent(),
                        false,
                        Told.NOTHING,
                        answers,
                        System.nanoTime() + services.limits().answer().toNanos()),
                false);
    }

    /// What another one of this event loop gets, it gets from here on; nothing is asked.
    private boolean join(Connection connection, Collection<Target> targets, Wish wish, Progress here, Answers answers) {
        List<Target> joined = List.copyOf(new LinkedHashSet<>(targets));
        if (!services.upstream().join(connection.identity(), joined)) {
            return false;
        }
        List<Target> released = new ArrayList<>();
        for (Target target : joined) {
            enter(new Member(connection, target, wish, here.offset(), here.offset()), released);
        }
        services.upstream().release(connection.identity(), released);
        connection.uncovered.remove(joined);
        Optional<String> cursor = standing.cursor(connection.identity().tenant());
        answers.subscribed(connection.resumes == 0 ? cursor : Optional.empty(), joined, List.of());
        index.watching().begin(connection, joined);
        return true;
    }

    /// Ends the memberships that were let in as of an earlier position, and what was let in of requests.
    ///
    /// @return what the connection had and has no longer
    List<Target> revoke(Connection connection, Collection<Target> targets, long at) {
        List<Target> ended = new ArrayList<>();
        for (Member member : List.copyOf(connection.memberships.values())) {
            if (member.asOf <= at && targets.stream().anyMatch(each -> each.covers(member.target))) {
                connection.memberships.remove(member.target);
                index.remove(member);
                services.census().subscribed(-1);
                ended.add(member.target);
            }
        }
        services.upstream().release(connection.identity(), ended);
        for (Request request : List.copyOf(connection.requests.values())) {
            Told told = request.told();
            for (Target target : request.targets()) {
                // Of one that nothing is known of yet, what will be said of it decides.
                boolean known = told.asOf() >= 0 && told.asOf() <= at || told.asOf() < 0 && told.replayed();
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
        List<Target> released = new ArrayList<>();
        for (Target target : targets) {
            Member member = connection.memberships.remove(target);
            if (member != null) {
                index.remove(member);
                services.census().subscribed(-1);
                released.add(target);
            }
            for (Request request : connection.requests.values()) {
                if (request.targets().remove(target)) {
                    released.add(target);
                }
            }
        }
        services.upstream().release(connection.identity(), released);
        connection.uncovered.remove(targets);
    }

    /// Ends everything that the connection has or asked for.
    void forget(Connection connection) {
        connection.memberships.values().forEach(index::remove);
        services.census().subscribed(-connection.memberships.size());
        services.upstream().release(connection.identity(), connection.memberships.keySet());
        connection.memberships.clear();
        for (Request request : List.copyOf(connection.requests.values())) {
            giveUp(request);
        }
    }

    /// What the connection has subscribed or asked for.
    static Set<Target> targetsOf(Connection connection) {
        Set<Target> targets = new LinkedHashSet<>(connection.memberships.keySet());
        connection.requests.values().forEach(request -> targets.addAll(request.targets()));
        return targets;
    }

    /// The request that waits under this number.
    @Nullable
    Request find(long number) {
        return requests.get(number);
    }

    /// Keeps this instead of what waits under its number.
    void replace(Request request) {
        requests.put(request.number(), request);
        request.connection().requests.put(request.number(), request);
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
            String cursor) {
        remove(request);
        Connection connection = request.connection();
        List<Target> released = new ArrayList<>(rejected);
        for (Target target : accepted) {
            if (!request.targets().contains(target)) {
                continue;
            }
            enter(new Member(connection, target, request.wish(), from, asOf), released);
        }
        // What the client gave up meanwhile was released then.
        released.retainAll(request.targets());
        services.upstream().release(connection.identity(), released);
        connection.uncovered.add(rejected);
        connection.uncovered.remove(accepted);
        Optional<String> known = connection.resumes == 0 ? Optional.of(cursor) : Optional.empty();
        request.answers().subscribed(known, accepted, rejected);
        index.watching().begin(connection, accepted);
    }

    /// @param released takes the target when the connection had it already
    private void enter(Member member, Collection<Target> released) {
        Member before = member.connection.memberships.put(member.target, member);
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
    void askAgain(Predicate<TenantId> which) {
        for (Connection connection : shard.connections()) {
            if (which.test(connection.identity().tenant())) {
                List.copyOf(connection.requests.values()).forEach(this::repeat);
                connection.memberships.values().stream()
                        .map(member -> member.wish)
                        .distinct()
                        .toList()
                        .forEach(wish -> askAgain(connection, wish));
            }
        }
    }

    private void askAgain(Connection connection, Wish wish) {
        List<Member> members = connection.memberships.values().stream()
                .filter(member -> member.wish.equals(wish))
                .toList();
        Progress here = standing.of(connection.identity().tenant());
        if (members.isEmpty() || here == null) {
            return;
        }
        Set<Target> targets = new LinkedHashSet<>();
        for (Member member : members) {
            index.remove(member);
            connection.memberships.remove(member.target);
            services.census().subscribed(-1);
            targets.add(member.target);
        }
        askOrClose(
                new Request(
                        services.upstream().nextRequest(),
                        connection,
                        targets,
                        wish,
                        new Start(here.epoch(), here.offset()),
                        true,
                        true,
                        Told.NOTHING,
                        new Reconnecting(connection, services.codec()),
                        System.nanoTime() + services.limits().answer().toNanos()),
                false);
    }

    /// Ends the requests that were not answered in time.
    void expire() {
        long now = System.nanoTime();
        List<Request> late = requests.values().stream()
                .filter(request -> now - request.deadlineNanos() >= 0)
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
            services.upstream().release(request.connection().identity(), request.targets());
            request.connection().close(CloseCode.OVERLOADED);
        }
    }

    private boolean ask(Request request, boolean exact) {
        Connection connection = request.connection();
        boolean taken = services.upstream()
                .subscribe(new Ask(
                        request.number(),
                        connection.identity(),
                        List.copyOf(request.targets()),
                        request.start(),
                        request.again(),
                        exact,
                        !request.wish().rows()));
        if (taken) {
            replace(request);
            connection.resumes += request.resume() ? 1 : 0;
        }
        return taken;
    }

    private void giveUp(Request request) {
        remove(request);
        services.upstream().release(request.connection().identity(), request.targets());
    }

    private void remove(Request request) {
        requests.remove(request.number());
        request.connection().requests.remove(request.number());
        request.connection().resumes -= request.resume() ? 1 : 0;
    }
}
