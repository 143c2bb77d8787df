package dev.rowcast.gateway.session;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.Connection;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.channel.Uncovered;
import dev.rowcast.gateway.channel.Wire;
import dev.rowcast.gateway.channel.Wish;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.protocol.ClientMessage.Hello;
import dev.rowcast.schemas.protocol.ClientMessage.Mode;
import dev.rowcast.schemas.protocol.ClientMessage.Subscribe;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.protocol.SseFrame;
import dev.rowcast.schemas.shard.Placement;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One client's conversation over one connection. Confined to the connection's event loop.
public final class Session {

    /// So many bytes without a meaning make even a proxy pass on that keeps the first ones back.
    private static final String PRELUDE = SseFrame.comment(" ".repeat(2 << 10));

    /// How often the gateway says something at the latest.
    static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final SessionServices services;
    private final EventLoop loop;
    private final Identity identity;
    private final Connection connection;
    private final Expiry expiry;
    private final Holdings holdings;
    private Optional<String> helloCursor = Optional.empty();
    /// Channels and entities whose `SUBSCRIBE` waits for its answer.
    private int waiting;
    /// Of a client that says something.
    private @Nullable Dialogue dialogue;

    private Session(SessionServices services, String id, Identity identity, Form form, Wire wire) {
        this.services = services;
        this.loop = wire.loop();
        this.identity = identity;
        this.expiry = new Expiry(loop, services.clock(), this::expiresSoon, this::expired);
        this.connection = services.shards().join(id, identity, form, wire, expiry::cancel);
        this.holdings = new Holdings(connection, services.codec(), identity.reach());
    }

    /// Begins the conversation. Called on the event loop, after the head of the response was written.
    ///
    /// @param id the connection's, which no other has
    /// @param wire where what is written goes
    /// @param wishes what an event stream subscribes to from the start; none on a WebSocket
    public static Session open(
            SessionServices services, String id, Identity identity, Form form, Wire wire, List<Subscribe> wishes) {
        Session session = new Session(services, id, identity, form, wire);
        session.turn(() -> session.begin(wishes));
        return session;
    }

    /// A text from the client.
    public void received(byte[] utf8) {
        connection.heard();
        if (connection.isOpen()) {
            if (dialogue == null) {
                dialogue = new Dialogue(this, connection, services);
            }
            Dialogue here = dialogue;
            turn(() -> here.received(utf8));
        }
    }

    /// A ping of the transport.
    ///
    /// @param payload at most 125 bytes
    public void pinged(byte[] payload) {
        connection.heard();
        turn(() -> connection.pong(payload));
    }

    /// Any other sign of life.
    public void heard() {
        connection.heard();
    }

    /// Pushes what was said so far through whatever keeps the first bytes of an event stream back.
    public void prelude() {
        turn(() -> connection.sendText(PRELUDE));
    }

    /// Whether what was asked for is answered, and nothing of a transaction is still to come.
    public boolean isSettled() {
        return connection.isSettled();
    }

    /// Says how far the node is, and ends what answers once.
    public void conclude() {
        turn(() -> {
            connection.sendProgress();
            connection.close(new CloseCause.Answered());
        });
    }

    /// The gateway ends it.
    public void close(CloseCause cause) {
        turn(() -> connection.close(cause));
    }

    /// The client takes more again.
    public void writable() {
        connection.writable();
    }

    /// The socket is closed.
    public void gone() {
        connection.gone();
    }

    /// Runs a task as a turn of the event loop, at once where it is the caller's.
    void soon(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(() -> turn(task));
        }
    }

    private void turn(Runnable task) {
        services.shards().turn(loop, task);
    }

    private void begin(List<Subscribe> wishes) {
        connection.sendText(SseFrame.retry(Shards.retryAfter()));
        welcome(Optional.empty());
        identity.expiresAt().ifPresent(expiry::at);
        wishes.forEach(wish -> subscribe(wish).ifPresent(error -> send(wish.id(), error)));
    }

    /// The client says who it is, and perhaps where it was.
    void welcome(Hello hello) {
        helloCursor = hello.cursor();
        welcome(hello.id());
    }

    private void welcome(Optional<String> id) {
        send(id, new ServerMessage.Welcome(connection.id(), ProtocolCodec.NAME, HEARTBEAT));
    }

    /// @return why it asks for nothing; empty when it is answered by what becomes of it
    Optional<ServerMessage.Error> subscribe(Subscribe message) {
        Optional<String> filter = message.filter().map(Filter::canonical);
        Set<Target> targets = new LinkedHashSet<>();
        message.channels().forEach(channel -> targets.add(Target.channel(channel, filter.orElse(""))));
        message.entityCode()
                .ifPresent(code -> message.entityIds().forEach(entity -> targets.add(Target.entity(code, entity))));
        Optional<ServerMessage.Error> refusal = services.filters()
                .problem(message.filter(), message.channels())
                .map(problem -> new ServerMessage.Error(problem, ErrorCode.INVALID_FILTER))
                .or(() -> tooMany(targets));
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<String> text = message.cursor().or(() -> helloCursor);
        Optional<Cursor> start = text.map(Uncovered::position).flatMap(this::start);
        // What is no cursor of the tenant's names nothing either.
        Uncovered uncovered = start.flatMap(unused -> text).map(Uncovered::of).orElseGet(Uncovered::new);
        if (text.isPresent() && start.isEmpty()) {
            connection.sendHere(services.codec()
                    .encode(Envelope.answering(message.id(), new Reset(Reset.Reason.CURSOR, List.of()))));
        }
        connection.resumesWithout(uncovered);
        List<Target> refused = holdings.beyond(targets);
        connection.lacks(refused);
        refused.forEach(targets::remove);
        int asked = targets.size();
        waiting += asked;
        Subscribing answers = new Subscribing(
                connection, services.codec(), message.id(), filter, uncovered, refused, () -> waiting -= asked);
        if (targets.isEmpty()) {
            answers.subscribed(Optional.empty(), List.of(), List.of());
        } else if (!connection.subscribe(
                targets, new Wish(message.mode() == Mode.ROWS, message.presence()), start, answers)) {
            answers.expired();
        }
        return Optional.empty();
    }

    private Optional<ServerMessage.Error> tooMany(Set<Target> targets) {
        if (waiting + targets.size() > services.limits().waiting()) {
            services.breaches().count(Limit.SUBSCRIBES);
            return Optional.of(new ServerMessage.Error(
                    "%d channels and entities wait for their SUBSCRIBED, which is all that may; wait for some of them."
                            .formatted(waiting),
                    ErrorCode.RATE_LIMITED,
                    Optional.of(Shards.retryAfter())));
        }
        Set<Target> all = new HashSet<>(connection.targets());
        all.addAll(targets);
        if (all.size() > services.limits().subscriptions()) {
            services.breaches().count(Limit.SUBSCRIPTIONS);
            return Optional.of(new ServerMessage.Error(
                    "With these the connection would have %d subscriptions; it may have %d."
                            .formatted(all.size(), services.limits().subscriptions()),
                    ErrorCode.TOO_MANY_SUBSCRIPTIONS));
        }
        return Optional.empty();
    }

    /// The client's position in each part of its tenant; empty when the cursor is not one of this tenant, or is from
    /// when the tenant was split otherwise.
    private Optional<Cursor> start(String text) {
        Placement placement = services.placement();
        return services.cursors()
                .decode(placement.cursorOwner(identity.tenant()), text)
                .filter(cursor -> placement.keys(identity.tenant()).stream()
                        .allMatch(
                                part -> cursor.offset(placement.partition(part)).isPresent()));
    }

    /// Another credential of the same user counts from now on.
    ///
    /// @return false when it is not the same user's
    boolean renew(Identity fresh) {
        if (!fresh.sameAs(identity)) {
            return false;
        }
        fresh.expiresAt().ifPresent(expiry::at);
        holdings.narrow(fresh.reach());
        return true;
    }

    /// Says why, and ends the connection.
    void refuse(Optional<String> id, ErrorCode code, String reason) {
        send(id, new ServerMessage.Error(reason, code));
        connection.close(code.closeCode().orElse(CloseCode.AUTH_FAILED));
    }

    void send(Optional<String> id, ServerMessage message) {
        connection.send(services.codec().encode(Envelope.answering(id, message)));
    }

    private void expiresSoon(Duration left) {
        turn(() -> send(Optional.empty(), new ServerMessage.TokenExpiringSoon(left)));
    }

    private void expired() {
        turn(() -> refuse(Optional.empty(), ErrorCode.TOKEN_EXPIRED, ErrorCode.TOKEN_EXPIRED.meaning()));
    }
}
