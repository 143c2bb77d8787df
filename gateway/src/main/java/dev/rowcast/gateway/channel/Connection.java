package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One client's connection, whatever its transport. Confined to its event loop: every method is called
/// there.
public final class Connection {

    /// Most subscribe to one channel.
    private static final int FEW = 2;

    private final String id;
    private final Identity identity;
    private final Form form;
    private final Shard shard;
    private final Runnable left;

    final Map<Seat, Member> memberships = new LinkedHashMap<>(FEW);
    /// Those of them that start behind the connection's cursor.
    int resumes;
    /// The last frame that this delivery has for the connection so far, which will carry the cursor.
    @Nullable
    LiveFrame held;

    /// The transaction that it was last counted for as a receiver. A tenant's transactions come one after
    /// the other.
    long countedXid;
    /// What its cursors do not speak for.
    final Uncovered uncovered = new Uncovered();
    /// Where it is further than its event loop.
    final Ahead ahead = new Ahead();

    /// Under which its broadcasts come back to the node; 0 before the first.
    private long number;

    /// Its requests that wait for an answer, by number; nearly always none.
    private Map<Long, Request> requests = Map.of();

    private final Outgoing outgoing;
    private boolean closing;
    private long lastInboundNanos = System.nanoTime();

    /// @param left is run once when the connection has ended
    Connection(String id, Identity identity, Form form, Shard shard, Wire wire, Runnable left) {
        this.id = id;
        this.identity = identity;
        this.form = form;
        this.shard = shard;
        this.outgoing = new Outgoing(this, wire, shard);
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
        send(json, Optional.empty());
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
        say(Rendered.of(json, at.map(uncovered::in)));
    }

    /// Sends event-stream text; nothing in other forms.
    public void sendText(String text) {
        if (form.isEventStream()) {
            say(Rendered.text(text));
        }
    }

    /// Answers the client's WebSocket ping.
    ///
    /// @param payload at most 125 bytes
    public void pong(byte[] payload) {
        say(Rendered.raw(Form.pong(payload)));
    }

    private void say(Rendered message) {
        if (!closing) {
            outgoing.tell(message, false, message.cursor().isPresent(), Haste.CONTROL);
        }
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
    /// @param cursor the client's own position in every part of its tenant; without one the node's is the
    ///     start
    /// @return false when the node cannot do it now: it is not attached yet, or too busy
    public boolean subscribe(Collection<Target> targets, Wish wish, Optional<Cursor> cursor, Answers answers) {
        boolean asked = shard.subscriptions().subscribe(this, targets, wish, cursor, answers);
        if (!asked) {
            uncovered.add(targets);
        }
        return asked;
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

    /// Whether all that was asked for is answered, and of what was written no transaction is still to be
    /// completed.
    public boolean isSettled() {
        return requests.isEmpty() && shard.isWhole(this);
    }

    /// Runs `reached` when the node has everything that committed up to this place of the WAL, or else
    /// `expired`.
    public void await(long lsn, Duration timeout, Runnable reached, Runnable expired) {
        shard.await(this, lsn, timeout, reached, expired);
    }

    /// Tells the client how far the node is.
    public void sendProgress() {
        shard.standing().tell(List.of(this));
    }

    /// Those that wait for an answer, as they are now.
    List<Request> requests() {
        return List.copyOf(requests.values());
    }

    /// It waits for an answer.
    void await(Request request) {
        if (requests.isEmpty()) {
            requests = new LinkedHashMap<>(FEW);
        }
        requests.put(request.number(), request);
    }

    /// It does not wait any more.
    void forget(Request request) {
        if (requests.containsKey(request.number())) {
            requests.remove(request.number());
            requests = requests.isEmpty() ? Map.of() : requests;
        }
    }

    /// Ends the connection in an orderly way. Only the first call has an effect.
    public void close(CloseCause cause) {
        shard.close(this, cause);
    }

    /// Ends the connection for one of our reasons.
    public void close(CloseCode code) {
        close(new CloseCause.Ours(code));
    }

    /// Says why and ends the connection. Without a cursor: the client goes on from the last one that it got.
    void end(ErrorCode why) {
        Optional<Duration> retryAfter = why.retryable() ? Optional.of(Shards.retryAfter()) : Optional.empty();
        send(shard.codec().encode(new ServerMessage.Error(why.meaning(), why, retryAfter)));
        close(why.closeCode().orElse(CloseCode.INTERNAL));
    }

    /// The socket is closed.
    public void gone() {
        shard.gone(this);
    }

    /// The client may take more than it did.
    public void writable() {
        outgoing.resume();
    }

    /// Tells what others get as well. The cursor in it is theirs, and only this connection's when that has
    /// no targets of its own to name in it.
    void tell(Rendered message, boolean rows, boolean cursorAllowed) {
        if (!closing) {
            boolean cursored =
                    cursorAllowed && uncovered.isEmpty() && message.cursor().isPresent();
            outgoing.tell(message, rows, cursored, haste());
        }
    }

    /// As [#tell] without a cursor, but instead of the message before.
    void tellInstead(Rendered message, boolean rows) {
        outgoing.tellInstead(message, rows);
    }

    /// What it was told last speaks for everything before, as far as the connection's cursors may.
    ///
    /// @param part that the delivery is of
    /// @param offset where its cursor stands there
    void endDelivery(TenantId part, long offset) {
        held = null;
        if (!closing && uncovered.isEmpty() && resumes == 0 && ahead.isAtMost(part, offset, shard.standing())) {
            outgoing.addCursor();
        }
    }

    /// Whether the event loop's cursors are good for it, as far as they speak for what it has.
    boolean mayTakeCursors() {
        return resumes == 0 && ahead.isOver(shard.standing());
    }

    /// What is told now because of others is live, or behind it while the connection catches up.
    Haste haste() {
        return resumes > 0 ? Haste.CATCH_UP : Haste.LIVE;
    }

    /// Whether what can wait need not.
    boolean isQuick() {
        return outgoing.isQuick();
    }

    /// What answers once needs none.
    void heartbeat() {
        // Where something waits, the client is not read from, or it has something to read.
        if (form != Form.LONG_POLL && isQuick()) {
            tell(form.heartbeat(), false, false);
        }
    }

    boolean silentFor(Duration limit) {
        return System.nanoTime() - lastInboundNanos > limit.toNanos();
    }

    Outgoing outgoing() {
        return outgoing;
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
