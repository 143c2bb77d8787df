package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.stream.Collectors;

/// The connections of one event loop and who of them wants what. All state is confined to the loop, so there is no
/// lock; other threads reach it by [#offer(Batch)] only, or by tasks of the loop.
///
/// A turn handles every batch that waits and then flushes each connection that was written to, once.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Shard implements Runnable {

    private static final int PROGRESS_SECONDS = 5;
    private static final int HEARTBEAT_SECONDS = 15;

    private final EventLoop loop;
    private final ShardServices services;
    private final FanOut fanOut;
    private final Subscriptions subscriptions;
    private final Delivering delivering;

    /// At most two batches are under way in the node, so this holds two at most.
    private final Queue<Batch> inbox = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    private final Roster roster = new Roster();
    private final Standing standing;
    private final Waits waits;
    private final Watching watching;
    private final Broadcasting broadcasting;
    private final List<Connection> unflushed = new ArrayList<>();
    private final Set<Connection> overflowed = new LinkedHashSet<>();
    private final Draining draining;
    private int seconds;

    /// @param known how far the node is at present
    Shard(EventLoop loop, ShardServices services, Map<Integer, Progress> known) {
        this.loop = loop;
        this.services = services;
        this.standing = new Standing(services, known);
        this.waits = new Waits(standing);
        this.watching = new Watching(services);
        this.draining = new Draining(this, services.codec());
        this.broadcasting = new Broadcasting(services);
        Index index = new Index(watching, broadcasting);
        this.fanOut = new FanOut(index, services);
        this.subscriptions = new Subscriptions(this, index, standing, services);
        this.delivering = new Delivering(roster, subscriptions, standing, fanOut, watching, broadcasting, services);
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
            if (batch.newHome()) {
                subscriptions.askAgain(everyTenant -> true);
            }
            for (Arrival arrival : batch.arrivals()) {
                delivering.handle(arrival);
            }
            done.add(batch);
        }
        endTurn();
        fanOut.endTurn();
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

    /// One that no other connection or request of this node has.
    long nextNumber() {
        return services.upstream().nextRequest();
    }

    Broadcasting broadcasting() {
        return broadcasting;
    }

    int pendingBytesAllowed() {
        return services.limits().flow().pendingBytes();
    }

    // Connections

    Connection join(String id, Identity identity, Form form, Wire wire, Runnable left) {
        Connection connection = new Connection(id, identity, form, this, wire, left);
        roster.add(connection);
        services.census().joined(identity);
        services.census().opened();
        wire.whenClosed(services.census()::closed);
        return connection;
    }

    void close(Connection connection, CloseCause cause) {
        leave(connection, cause);
        connection.wire().end(connection.form(), cause);
    }

    /// Forgets the connection; only the first call has an effect.
    void leave(Connection connection, CloseCause cause) {
        if (!connection.beginClosing() || !roster.remove(connection)) {
            return;
        }
        subscriptions.forget(connection);
        waits.forget(connection);
        services.census().left(connection.identity(), cause);
        connection.ended();
    }

    Draining draining() {
        return draining;
    }

    void closeMatching(Predicate<Identity> which, CloseCode code, ServerMessage farewell) {
        for (Connection connection : connections()) {
            if (which.test(connection.identity())) {
                connection.sendHere(services.codec().encode(farewell));
                close(connection, new CloseCause.Ours(code));
            }
        }
        endTurn();
    }

    // Progress

    /// The loop's connections, as they are now.
    List<Connection> connections() {
        return roster.all();
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Standing standing() {
        return standing;
    }

    /// The cursor up to which the connection has everything of its tenant.
    Optional<String> cursorOf(Connection connection) {
        return connection.resumes > 0
                ? Optional.empty()
                : standing.cursor(connection.identity().tenant());
    }

    boolean isWhole(Connection connection) {
        return connection.parts().stream().map(services.upstream()::partition).allMatch(standing::isWhole);
    }

    void await(Connection connection, long lsn, Duration timeout, Runnable reached, Runnable expired) {
        Set<TenantId> parts = connection.parts();
        Set<Integer> partitions = (parts.isEmpty()
                        ? services.placement().keys(connection.identity().tenant())
                        : parts)
                .stream().map(services.upstream()::partition).collect(Collectors.toSet());
        waits.add(connection, partitions, lsn, timeout, reached, expired);
    }

    // Time

    private void tick() {
        seconds++;
        subscriptions.expire();
        waits.settle();
        watching.catchUp();
        if (seconds % PROGRESS_SECONDS == 0) {
            standing.tell(roster.current());
        }
        if (seconds % HEARTBEAT_SECONDS == 0) {
            roster.current().forEach(Connection::heartbeat);
        }
        for (Connection connection : connections()) {
            if (connection.form() == Form.WEBSOCKET
                    && connection.silentFor(services.limits().idle())) {
                close(connection, new CloseCause.Ours(CloseCode.IDLE_TIMEOUT));
            }
        }
        endTurn();
    }
}
