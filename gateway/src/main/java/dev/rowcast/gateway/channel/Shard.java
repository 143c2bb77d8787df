package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop and who of them wants what. All state is confined to the loop, so
/// there is no lock; other threads reach it by [#offer(Batch)] only, or by tasks of the loop.
///
/// A turn takes batches, which moves what each connection is to be told next, and then writes to
/// connections, each once. Either is cut off after a millisecond, so that what clients send is read in
/// between.
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled runs on the loop
final class Shard implements Runnable {

    private static final int PROGRESS_SECONDS = 5;
    private static final int HEARTBEAT_SECONDS = 15;
    private static final long SLICE_NANOS = 1_000_000;

    private final EventLoop loop;
    private final ShardServices services;
    private final Script nothing = Script.empty();
    private final Outbox outbox;
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
    private final Set<Connection> overflowed = new LinkedHashSet<>();
    private final Lingering lingering = new Lingering();
    private final Draining draining;
    private final Mishaps mishaps = new Mishaps(this);
    private @Nullable Batch batch;
    private Iterator<Arrival> arrivals = Collections.emptyIterator();
    private boolean going;
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
        this.outbox = new Outbox(services.limits().flow());
        FanOut fanOut = new FanOut(index, outbox, services);
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
        work();
    }

    private void work() {
        take();
        outbox.write(SLICE_NANOS);
        endTurn();
    }

    /// Takes arrivals as long as there is room for what they tell.
    private void take() {
        long begin = System.nanoTime();
        while (outbox.hasRoom()) {
            if (arrivals.hasNext()) {
                Arrival arrival = arrivals.next();
                mishaps.guard(() -> delivering.handle(arrival));
                if (System.nanoTime() - begin >= SLICE_NANOS) {
                    return;
                }
            } else if (!next()) {
                return;
            }
        }
    }

    /// @return whether there is one
    private boolean next() {
        if (batch != null) {
            mishaps.guard(waits::settle);
            batch.taken();
        }
        batch = inbox.poll();
        if (batch == null) {
            return false;
        }
        if (batch.newHome()) {
            mishaps.guard(() -> subscriptions.askAgain(everyTenant -> true));
        }
        arrivals = batch.arrivals().iterator();
        return true;
    }

    /// Runs a task of a connection as a turn of its own.
    void turn(Runnable task) {
        try {
            task.run();
        } finally {
            outbox.writeControl();
            endTurn();
        }
    }

    private void endTurn() {
        while (!overflowed.isEmpty()) {
            List<Connection> slow = List.copyOf(overflowed);
            overflowed.clear();
            slow.forEach(connection -> mishaps.guard(connection, () -> breakOff(connection)));
        }
        if (batch != null || !outbox.isEmpty()) {
            resume();
        }
    }

    /// What is left is done when the loop has read what clients sent: as a timer, because the loop's tasks
    /// come before that.
    void resume() {
        if (!going) {
            going = true;
            loop.schedule(
                    () -> {
                        going = false;
                        work();
                    },
                    1,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void breakOff(Connection connection) {
        if (connection.isOpen()) {
            // Who has none yet could not get any further with its own, so it goes on from where the node is.
            Optional<String> cursor = connection
                    .outgoing()
                    .drop()
                    .or(() -> standing.cursor(connection.identity().tenant()).map(connection.uncovered::in));
            String reset = services.codec().encode(new Reset(Reset.Reason.OVERFLOW, List.of()));
            connection.outgoing().tell(Rendered.of(reset, cursor), false, cursor.isPresent(), Haste.CONTROL);
            connection.end(ErrorCode.SLOW_CONSUMER);
        }
    }

    void overflowed(Connection connection, boolean duringReplay) {
        if (overflowed.add(connection)) {
            services.pressure().overflowed(duringReplay);
        }
    }

    Outbox outbox() {
        return outbox;
    }

    /// One that no other connection or request of this node has.
    long nextNumber() {
        return services.upstream().nextRequest();
    }

    Broadcasting broadcasting() {
        return broadcasting;
    }

    /// The script of who has been told everything.
    Script nothing() {
        return nothing;
    }

    Pressure pressure() {
        return services.pressure();
    }

    Mishaps mishaps() {
        return mishaps;
    }

    ProtocolCodec codec() {
        return services.codec();
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
        if (leave(connection, cause)) {
            lingering.add(connection);
            connection.outgoing().end(cause);
        }
    }

    /// Its socket is closed.
    void gone(Connection connection) {
        leave(connection, new CloseCause.Left());
        lingering.remove(connection);
        connection.outgoing().gone();
    }

    /// Forgets the connection; only the first call has an effect.
    ///
    /// @return whether this was the first
    private boolean leave(Connection connection, CloseCause cause) {
        if (!connection.beginClosing() || !roster.remove(connection)) {
            return false;
        }
        subscriptions.forget(connection);
        waits.forget(connection);
        services.census().left(connection.identity(), cause);
        connection.ended();
        return true;
    }

    Draining draining() {
        return draining;
    }

    /// Nobody waits for who had time to read its last bytes.
    void drain(Duration window) {
        lingering.cut(everybody -> true);
        draining.begin(connections(), window);
    }

    /// For whom something waits and who take nothing.
    List<Relief.Candidate> candidates() {
        return Stream.concat(roster.current().stream(), lingering.all().stream())
                .filter(connection -> connection.outgoing().stalled() > 0)
                .map(connection -> new Relief.Candidate(
                        this,
                        connection,
                        lingering.contains(connection),
                        connection.outgoing().stalled()))
                .toList();
    }

    /// Makes room by the end of this connection.
    void relieve(Connection connection) {
        if (lingering.contains(connection)) {
            connection.outgoing().cut();
        } else if (connection.isOpen()) {
            services.pressure().relieved();
            breakOff(connection);
            endTurn();
        }
    }

    void closeMatching(Predicate<Identity> which, CloseCode code, ServerMessage farewell) {
        lingering.cut(which);
        for (Connection connection : connections()) {
            if (which.test(connection.identity())) {
                mishaps.guard(connection, () -> {
                    connection.sendHere(services.codec().encode(farewell));
                    close(connection, new CloseCause.Ours(code));
                });
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
        return connection.mayTakeCursors()
                ? standing.cursor(connection.identity().tenant())
                : Optional.empty();
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
        mishaps.guard(this::everySecond);
        endTurn();
    }

    private void everySecond() {
        seconds++;
        subscriptions.expire();
        waits.settle();
        watching.catchUp();
        if (seconds % PROGRESS_SECONDS == 0) {
            standing.tell(roster.current().stream().filter(Connection::isQuick).toList());
        }
        if (seconds % HEARTBEAT_SECONDS == 0) {
            roster.current().forEach(Connection::heartbeat);
        }
        lingering.all().forEach(connection -> connection.outgoing().count());
        for (Connection connection : connections()) {
            connection.outgoing().count();
            if (connection.form() == Form.WEBSOCKET
                    && connection.silentFor(services.limits().idle())) {
                close(connection, new CloseCause.Ours(CloseCode.IDLE_TIMEOUT));
            }
        }
    }
}
