package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One client's connection, whatever its transport. Confined to its event loop: every method is called there.
public final class Connection {

    /// A replay may lie in the buffer this many times longer than live changes; it comes in one go.
    private static final int REPLAY_FACTOR = 16;

    private final String id;
    private final Identity identity;
    private final Form form;
    private final Shard shard;
    private final Wire wire;
    private final Runnable left;

    final Map<Seat, Member> memberships = new LinkedHashMap<>();
    /// Its requests that wait for an answer, by number.
    final Map<Long, Request> requests = new LinkedHashMap<>();
    /// Those of them that start behind the connection's cursor.
    int resumes;
    /// What this delivery has for the connection so far: its last frame, which will carry the cursor.
    @Nullable
    LiveFrame held;

    boolean heldRows;
    /// The transaction that it was last counted for as a receiver. A tenant's transactions come one after the other.
    long countedXid;
    /// Whether something was written in this turn and waits for the flush.
    boolean unflushed;

    /// What its cursors do not speak for.
    final Uncovered uncovered = new Uncovered();

    /// Under which its broadcasts come back to the node; 0 before the first.
    private long number;

    private Optional<String> cursor = Optional.empty();
    private boolean closing;
    private long lastInboundNanos = System.nanoTime();

    /// @param left is run once when the connection has ended
    Connection(String id, Identity identity, Form form, Shard shard, Wire wire, Runnable left) {
        this.id = id;
        this.identity = identity;
        this.form = form;
        this.shard = shard;
        this.wire = wire;
        this.left = left;
    }

    public String id() {
        return id;
    }

    public Identity identity() {
        return identity;
    }

    public Form form() {
        return form;
    }

    public boolean isOpen() {
        return !closing;
    }

    /// Something came from the client, so it lives.
    public void heard() {
        lastInboundNanos = System.nanoTime();
    }

    /// Sends a message of its own to this connection.
    ///
    /// @param json without a cursor
    public void send(String json) {
        write(form.message(wire.alloc(), json, Optional.empty()));
    }

    /// Sends a message with the cursor up to which the connection has everything, when that is known.
    public void sendHere(String json) {
        send(json, shard.cursorOf(this));
    }

    /// Sends a message with this cursor, or without one.
    ///
    /// @param json without a cursor
    /// @param at for all of the tenant's clients
    public void send(String json, Optional<String> at) {
        Rendered rendered = Rendered.of(wire.alloc(), json, at.map(uncovered::in));
        write(rendered, false, true);
        rendered.release();
    }

    /// Sends event-stream text; nothing in other forms.
    public void sendText(String text) {
        if (form.isEventStream()) {
            write(form.text(wire.alloc(), text));
        }
    }

    /// Answers the client's WebSocket ping.
    ///
    /// @param payload at most 125 bytes; stays the caller's
    public void pong(ByteBuf payload) {
        write(form.pong(wire.alloc(), payload));
    }

    /// The client resumes with a cursor that does not speak for these.
    public void resumesWithout(Uncovered others) {
        uncovered.add(others);
    }

    /// Its further cursors do not speak for these, which it was refused or lost.
    public void lacks(Collection<Target> targets) {
        uncovered.add(targets);
    }

    /// Asks for what concerns the targets.
    ///
    /// @param cursor the client's own position in every part of its tenant; without one the node's is the start
    /// @return false when the node cannot do it now: it is not attached yet, or too busy
    public boolean subscribe(Collection<Target> targets, Wish wish, Optional<Cursor> cursor, Answers answers) {
        return shard.subscriptions().subscribe(this, targets, wish, cursor, answers);
    }

    /// Whether it is subscribed to the channel, with whatever filter.
    public boolean isIn(String channel) {
        return memberships.keySet().stream()
                .map(Seat::target)
                .anyMatch(target ->
                        target.kind() == Target.Kind.CHANNEL && target.name().equals(channel));
    }

    /// Tells the others of a channel something.
    ///
    /// @param json one value on one line
    /// @return false when the node cannot do it now
    public boolean broadcast(String channel, String json) {
        if (number == 0) {
            number = shard.nextNumber();
        }
        return shard.broadcasting().send(this, number, channel, json);
    }

    boolean hasNumber(long other) {
        return number == other;
    }

    /// Ends what is subscribed or being subscribed of these.
    public void unsubscribe(Collection<Target> targets) {
        shard.subscriptions().unsubscribe(this, targets);
    }

    /// Ends all that is subscribed or being subscribed.
    public void unsubscribeAll() {
        unsubscribe(targets());
        uncovered.clear();
    }

    /// What is subscribed or being subscribed.
    public Set<Target> targets() {
        return Subscriptions.targetsOf(this);
    }

    /// The parts of the tenant in which something is subscribed or being subscribed.
    Set<TenantId> parts() {
        Set<TenantId> parts = new LinkedHashSet<>();
        memberships.values().forEach(member -> parts.add(member.part));
        requests.values().forEach(request -> parts.add(request.part()));
        return parts;
    }

    /// Whether all that was asked for is answered, and of what was written no transaction is still to be completed.
    public boolean isSettled() {
        return requests.isEmpty() && shard.isWhole(this);
    }

    /// Requests that wait for the topology.
    public int waitingRequests() {
        return requests.size();
    }

    /// Runs `reached` when the node has everything that committed up to this place of the WAL, or else `expired`.
    public void await(long lsn, Duration timeout, Runnable reached, Runnable expired) {
        shard.await(this, lsn, timeout, reached, expired);
    }

    /// Tells the client how far the node is.
    public void sendProgress() {
        shard.standing().tell(List.of(this));
    }

    /// Ends the connection in an orderly way. Only the first call has an effect.
    public void close(CloseCause cause) {
        shard.close(this, cause);
    }

    /// Ends the connection for one of our reasons.
    public void close(CloseCode code) {
        close(new CloseCause.Ours(code));
    }

    /// The socket is closed.
    public void gone() {
        shard.leave(this, new CloseCause.Left());
    }

    /// Writes what others get as well. The cursor in it is theirs, and only this connection's when that has no targets
    /// of its own to name in it.
    ///
    /// @return false when it was dropped because the connection is ending or too slow
    boolean writeShared(Rendered rendered, boolean rows, boolean cursorAllowed) {
        return write(rendered, rows, cursorAllowed && uncovered.isEmpty());
    }

    private boolean write(Rendered rendered, boolean rows, boolean cursorAllowed) {
        boolean written = write(rendered.bytes(form, rows, cursorAllowed));
        if (written && cursorAllowed && rendered.cursor().isPresent()) {
            cursor = rendered.cursor();
        }
        return written;
    }

    /// Writes without a flush; the turn ends with one for each connection.
    private boolean write(ByteBuf bytes) {
        if (closing || overBudget()) {
            bytes.release();
            return false;
        }
        wire.write(bytes);
        shard.wrote(this);
        return true;
    }

    private boolean overBudget() {
        long budget = (long) shard.pendingBytesAllowed() * (resumes > 0 ? REPLAY_FACTOR : 1);
        if (wire.pendingBytes() <= budget) {
            return false;
        }
        wire.flush();
        if (wire.pendingBytes() <= budget) {
            return false;
        }
        shard.overflowed(this);
        return true;
    }

    /// Whether what can wait need not.
    boolean isQuick() {
        return wire.pendingBytes() <= shard.pendingBytesAllowed() / 2;
    }

    /// Writes past the budget what must come last, and says no more.
    void writeLast(String json, CloseCause cause) {
        // Who has none yet could not get any further with its own, so it goes on from where the node is.
        Optional<String> on =
                cursor.or(() -> shard.standing().cursor(identity.tenant()).map(uncovered::in));
        Rendered rendered = Rendered.of(wire.alloc(), json, on);
        wire.write(rendered.bytes(form, false, true));
        rendered.release();
        close(cause);
    }

    /// What answers once needs none.
    void heartbeat() {
        if (form != Form.LONG_POLL) {
            write(form.heartbeat(wire.alloc()));
        }
    }

    void flush() {
        unflushed = false;
        wire.flush();
    }

    boolean silentFor(Duration limit) {
        return System.nanoTime() - lastInboundNanos > limit.toNanos();
    }

    /// The last cursor that was written to it.
    Optional<String> cursor() {
        return cursor;
    }

    Wire wire() {
        return wire;
    }

    boolean beginClosing() {
        boolean first = !closing;
        closing = true;
        return first;
    }

    void ended() {
        left.run();
    }
}
