package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.channel.Upstream.Ask;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop and who of them wants what. All state is confined to the loop, so there is no
/// lock;
/// other threads reach it by [#offer(Batch)] only, or by tasks of the loop.
///
/// A turn handles every batch that waits and then flushes each connection that was written to, once.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Shard implements Runnable {

    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofMillis(200);
    private static final int PROGRESS_SECONDS = 5;
    private static final int HEARTBEAT_SECONDS = 15;

    private final EventLoop loop;
    private final ShardServices services;
    private final Delivering delivering;

    /// At most two batches are under way in the node, so this holds two at most.
    private final Queue<Batch> inbox = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    private final Index index = new Index();
    private final Set<Connection> connections = new HashSet<>();
    private final Map<Long, Request> requests = new LinkedHashMap<>();
    private final Standing standing;
    private final Waits waits;
    private final List<Connection> unflushed = new ArrayList<>();
    private final Set<Connection> overflowed = new LinkedHashSet<>();
    private int seconds;

    /// @param known how far the node is at present
    Shard(EventLoop loop, ShardServices services, Map<Integer, Progress> known) {
        this.loop = loop;
        this.services = services;
        this.standing = new Standing(services, known);
        this.waits = new Waits(standing);
        this.delivering = new Delivering(this, index, services);
    }

    void start() {
        loop.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    EventLoop loop() {
        return loop;
    }

    void offer(Batch batch) {
        inbox.add(batch);
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        scheduled.set(false);
        List<Batch> done = new ArrayList<>(2);
        for (Batch batch = inbox.poll(); batch != null; batch = inbox.poll()) {
            for (Arrival arrival : batch.arrivals()) {
                delivering.handle(arrival);
            }
            done.add(batch);
        }
        endTurn();
        delivering.endTurn();
        waits.settle();
        endTurn();
        done.forEach(Batch::written);
    }

    /// Runs a task of a connection as a turn of its own.
    void turn(Runnable task) {
        task.run();
        endTurn();
    }

    private void endTurn() {
        for (Connection connection : unflushed) {
            connection.flush();
        }
        unflushed.clear();
        if (!overflowed.isEmpty()) {
            List<Connection> slow = List.copyOf(overflowed);
            overflowed.clear();
            String reset = services.codec().encode(new Reset(Reset.Reason.OVERFLOW, List.of()));
            for (Connection connection : slow) {
                if (connection.isOpen()) {
                    connection.writeLast(reset, new CloseCause.Ours(CloseCode.SLOW_CONSUMER));
                }
            }
        }
    }

    void wrote(Connection connection) {
        if (!connection.unflushed) {
            connection.unflushed = true;
            unflushed.add(connection);
        }
    }

    void overflowed(Connection connection) {
        overflowed.add(connection);
    }

    int pendingBytesAllowed() {
        return services.limits().pendingBytes();
    }

    // Connections

    Connection join(String id, Identity identity, Form form, ChannelHandlerContext context, Runnable left) {
        Connection connection = new Connection(id, identity, form, this, context, left);
        connections.add(connection);
        services.census().joined(identity);
        services.census().opened();
        context.channel().closeFuture().addListener(closed -> services.census().closed());
        return connection;
    }

    void close(Connection connection, CloseCause cause) {
        leave(connection, cause);
        ChannelHandlerContext context = connection.context();
        if (!context.channel().isActive()) {
            return;
        }
        // What the client still sends is read and dropped until it has seen the end: closing on unread bytes would
        // reset the connection and could take the last frames with it.
        context.writeAndFlush(connection.form().end(context.alloc(), cause)).addListener(written -> {
            if (context.channel() instanceof DuplexChannel duplex && written.isSuccess()) {
                duplex.shutdownOutput().addListener(shut -> {
                    if (!shut.isSuccess()) {
                        context.close();
                    }
                });
            } else {
                context.close();
            }
        });
        var linger = loop.schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
        context.channel().closeFuture().addListener((ChannelFutureListener) closed -> linger.cancel(false));
    }

    /// Forgets the connection; only the first call has an effect.
    void leave(Connection connection, CloseCause cause) {
        if (!connection.beginClosing() || !connections.remove(connection)) {
            return;
        }
        connection.memberships.values().forEach(index::remove);
        services.census().subscribed(-connection.memberships.size());
        services.upstream().release(connection.identity(), connection.memberships.keySet());
        requests.values().removeIf(request -> {
            if (request.connection() != connection) {
                return false;
            }
            services.upstream().release(connection.identity(), request.targets());
            return true;
        });
        connection.memberships.clear();
        waits.forget(connection);
        services.census().left(connection.identity(), cause);
        connection.ended();
    }

    void closeMatching(Predicate<Identity> which, CloseCode code, Supplier<ServerMessage> farewell) {
        for (Connection connection : List.copyOf(connections)) {
            if (which.test(connection.identity())) {
                connection.sendHere(services.codec().encode(farewell.get()));
                close(connection, new CloseCause.Ours(code));
            }
        }
        endTurn();
    }

    // Subscriptions

    boolean subscribe(
            Connection connection, Collection<Target> targets, boolean rows, Optional<Start> cursor, Answers answers) {
        Progress here = standing.of(connection.identity().tenant());
        if (here == null) {
            return false;
        }
        Start start = cursor.orElseGet(() -> new Start(here.epoch(), here.offset()));
        return ask(new Request(
                connection,
                new LinkedHashSet<>(targets),
                rows,
                start,
                cursor.isPresent(),
                false,
                answers,
                deadline(services.limits().answer())));
    }

    private boolean ask(Request request) {
        long number = services.upstream().nextRequest();
        Ask ask = new Ask(
                number,
                request.connection().identity(),
                List.copyOf(request.targets()),
                request.start(),
                request.again());
        if (!services.upstream().subscribe(ask)) {
            return false;
        }
        requests.put(number, request);
        if (request.resume()) {
            request.connection().resumes++;
        }
        return true;
    }

    void unsubscribe(Connection connection, Collection<Target> targets) {
        Set<Target> released = new LinkedHashSet<>();
        for (Target target : targets) {
            Member member = connection.memberships.remove(target);
            if (member != null) {
                index.remove(member);
                services.census().subscribed(-1);
                released.add(target);
            }
        }
        for (Request request : requests.values()) {
            if (request.connection() == connection) {
                targets.stream().filter(request.targets()::remove).forEach(released::add);
            }
        }
        services.upstream().release(connection.identity(), released);
    }

    Set<Target> targetsOf(Connection connection) {
        Set<Target> targets = new LinkedHashSet<>(connection.memberships.keySet());
        requests.values().stream()
                .filter(request -> request.connection() == connection)
                .forEach(request -> targets.addAll(request.targets()));
        return targets;
    }

    int requestsOf(Connection connection) {
        return (int) requests.values().stream()
                .filter(request -> request.connection() == connection)
                .count();
    }

    @Nullable
    Request request(long number) {
        return requests.get(number);
    }

    /// The request is answered: its targets are members from this offset on, at this place of the stream.
    void admit(long number, Request request, Collection<Target> accepted, long from) {
        requests.remove(number);
        Connection connection = request.connection();
        if (request.resume()) {
            connection.resumes--;
        }
        for (Target target : accepted) {
            if (!request.targets().contains(target)) {
                continue;
            }
            Member member = new Member(connection, target, request.rows(), from);
            Member before = connection.memberships.put(target, member);
            index.add(member);
            if (before == null) {
                services.census().subscribed(1);
            } else {
                index.remove(before);
                services.upstream().release(connection.identity(), List.of(target));
            }
        }
    }

    /// Tells the asker of it, and gives up what was rejected.
    void answer(Request request, String cursor, Collection<Target> accepted, Collection<Target> rejected) {
        Connection connection = request.connection();
        services.upstream().release(connection.identity(), rejected);
        Optional<String> known = connection.resumes == 0 ? Optional.of(cursor) : Optional.empty();
        request.answers().subscribed(known, accepted, rejected);
    }

    /// Asks the same again in a moment, within the same deadline.
    void askLater(long number, Request request) {
        requests.put(number, request.repeated());
        loop.schedule(
                () -> {
                    Request waiting = requests.remove(number);
                    if (waiting != null) {
                        waiting.connection().resumes -= waiting.resume() ? 1 : 0;
                        askOrClose(waiting);
                        endTurn();
                    }
                },
                ASK_AGAIN.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /// Everybody whom it concerns must refetch and goes on from here.
    void resetAll(Arrival arrival, Reset.Reason reason, Collection<Target> targets) {
        int partition = arrival.delivery().getPartition();
        String message = services.codec()
                .encode(new Reset(reason, targets.stream().map(Target::name).toList()));
        for (Connection connection : List.copyOf(connections)) {
            TenantId tenant = connection.identity().tenant();
            boolean concerned = services.upstream().partition(tenant) == partition
                    && arrival.tenant().map(tenant::equals).orElse(true)
                    && (targets.isEmpty() || targets.stream().anyMatch(connection.memberships::containsKey));
            if (concerned) {
                if (reason == Reset.Reason.EPOCH) {
                    connection.memberships.values().forEach(member -> member.from = -1);
                }
                connection.sendHere(message);
            }
        }
    }

    /// The principal may no longer see these.
    void revoke(TenantId tenant, String principal, Collection<Target> targets) {
        ServerMessage.Revoked message = new ServerMessage.Revoked(
                targets.stream().map(Target::name).toList(), ServerMessage.Revoked.Reason.MEMBERSHIP);
        for (Connection connection : connections) {
            Identity identity = connection.identity();
            if (identity.tenant().equals(tenant)
                    && identity.principal().equals(principal)
                    && targets.stream().anyMatch(connection.memberships::containsKey)) {
                unsubscribe(connection, targets);
                connection.sendHere(services.codec().encode(message));
            }
        }
    }

    /// The node has a new home: what its connections had is asked for again, from where each of them is.
    void subscribeAgain() {
        List<Request> open = List.copyOf(requests.values());
        requests.clear();
        for (Request request : open) {
            request.connection().resumes -= request.resume() ? 1 : 0;
            askOrClose(request);
        }
        for (Connection connection : List.copyOf(connections)) {
            for (boolean rows : new boolean[] {true, false}) {
                List<Member> members = connection.memberships.values().stream()
                        .filter(member -> member.rows == rows)
                        .toList();
                if (!members.isEmpty()) {
                    askAgain(connection, members, rows);
                }
            }
        }
        endTurn();
    }

    private void askAgain(Connection connection, List<Member> members, boolean rows) {
        Progress here = standing.of(connection.identity().tenant());
        if (here == null) {
            return;
        }
        Set<Target> targets = new LinkedHashSet<>();
        for (Member member : members) {
            index.remove(member);
            connection.memberships.remove(member.target);
            services.census().subscribed(-1);
            targets.add(member.target);
        }
        askOrClose(new Request(
                connection,
                targets,
                rows,
                new Start(here.epoch(), here.offset()),
                true,
                true,
                new Reconnecting(connection, services.codec()),
                deadline(services.limits().answer())));
    }

    private void askOrClose(Request request) {
        if (!ask(request)) {
            services.upstream().release(request.connection().identity(), request.targets());
            close(request.connection(), new CloseCause.Ours(CloseCode.OVERLOADED));
        }
    }

    // Progress

    Standing standing() {
        return standing;
    }

    /// The cursor up to which the connection has everything of its tenant.
    Optional<String> cursorOf(Connection connection) {
        return connection.resumes > 0
                ? Optional.empty()
                : standing.cursor(connection.identity().tenant());
    }

    void await(Connection connection, long lsn, Duration timeout, Runnable reached, Runnable expired) {
        int partition = services.upstream().partition(connection.identity().tenant());
        waits.add(connection, partition, lsn, timeout, reached, expired);
    }

    // Time

    private void tick() {
        seconds++;
        expireRequests();
        waits.settle();
        if (seconds % PROGRESS_SECONDS == 0) {
            standing.tell(connections);
        }
        if (seconds % HEARTBEAT_SECONDS == 0) {
            connections.forEach(Connection::heartbeat);
        }
        for (Connection connection : List.copyOf(connections)) {
            if (connection.form() == Form.WEBSOCKET
                    && connection.silentFor(services.limits().idle())) {
                close(connection, new CloseCause.Ours(CloseCode.IDLE_TIMEOUT));
            }
        }
        endTurn();
    }

    private void expireRequests() {
        long now = System.nanoTime();
        List<Request> late = new ArrayList<>();
        for (Iterator<Request> all = requests.values().iterator(); all.hasNext(); ) {
            Request request = all.next();
            if (now - request.deadlineNanos() >= 0) {
                all.remove();
                late.add(request);
            }
        }
        for (Request request : late) {
            request.connection().resumes -= request.resume() ? 1 : 0;
            services.upstream().release(request.connection().identity(), request.targets());
            request.answers().expired();
        }
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }
}
