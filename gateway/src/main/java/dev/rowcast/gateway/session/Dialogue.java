package dev.rowcast.gateway.session;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Outcome;
import dev.rowcast.gateway.auth.Presented;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.channel.Connection;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.protocol.ClientMessage;
import dev.rowcast.schemas.protocol.ClientMessage.Broadcast;
import dev.rowcast.schemas.protocol.ClientMessage.Hello;
import dev.rowcast.schemas.protocol.ClientMessage.Ping;
import dev.rowcast.schemas.protocol.ClientMessage.Subscribe;
import dev.rowcast.schemas.protocol.ClientMessage.TokenRefresh;
import dev.rowcast.schemas.protocol.ClientMessage.Unsubscribe;
import dev.rowcast.schemas.protocol.ClientMessage.UnsubscribeAll;
import dev.rowcast.schemas.protocol.ClientMessage.Wait;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// What a client says over a WebSocket, and what it is answered. Confined to the connection's event loop.
final class Dialogue {

    private final Session session;
    private final Connection connection;
    private final SessionServices services;
    private final Pace pace;
    private final Broadcasts broadcasts;
    private boolean refreshing;
    /// Messages that were none of the protocol, since the last one that was.
    private int errorsInARow;

    Dialogue(Session session, Connection connection, SessionServices services) {
        this.session = session;
        this.connection = connection;
        this.services = services;
        this.pace = new Pace(services.limits().messages(), System::nanoTime);
        this.broadcasts = new Broadcasts(services, connection);
    }

    void received(byte[] utf8) {
        if (!pace.message()) {
            refused(Optional.empty(), tooFast(Limit.MESSAGES));
            return;
        }
        switch (services.codec().decode(utf8)) {
            case Decoded.Ok<ClientMessage>(ClientMessage message) ->
                handle(message).ifPresentOrElse(error -> refused(message.id(), error), () -> errorsInARow = 0);
            case Decoded.Failed<ClientMessage> failed ->
                refused(failed.id(), new ServerMessage.Error(failed.message(), failed.code()));
        }
    }

    /// @return why it was not handled
    private Optional<ServerMessage.Error> handle(ClientMessage message) {
        switch (message) {
            case Subscribe subscribe -> {
                return pace.subscribe() ? session.subscribe(subscribe) : Optional.of(tooFast(Limit.SUBSCRIBES));
            }
            case Unsubscribe unsubscribe -> connection.unsubscribe(targets(unsubscribe));
            case UnsubscribeAll all -> connection.unsubscribeAll();
            case Ping ping -> session.send(ping.id(), new ServerMessage.Pong());
            case Hello hello -> session.welcome(hello);
            case Wait wait -> await(wait);
            case Broadcast broadcast -> {
                return broadcasts.send(broadcast);
            }
            case TokenRefresh refresh -> {
                return refresh(refresh);
            }
        }
        return Optional.empty();
    }

    /// Says so. A client with which nothing is right is not listened to any more, and neither is one that goes on over
    /// its limits, but that one may come back. What is nobody's fault is held against nobody.
    private void refused(Optional<String> id, ServerMessage.Error error) {
        session.send(id, error);
        switch (error.code()) {
            case RATE_LIMITED, TOO_MANY_SUBSCRIPTIONS -> {
                if (!pace.bears()) {
                    connection.close(CloseCode.RATE_LIMITED);
                }
            }
            case OVERLOADED, NOT_FOUND, BROADCAST_OFF -> {}
            default -> {
                if (++errorsInARow >= services.limits().messages().errors()) {
                    connection.close(CloseCode.PROTOCOL_ERROR);
                }
            }
        }
    }

    private Set<Target> targets(Unsubscribe message) {
        Set<Target> targets = new LinkedHashSet<>();
        String filter = message.filter().map(Filter::canonical).orElse("");
        message.channels().forEach(channel -> targets.add(Target.channel(channel, filter)));
        message.entityCode().ifPresent(code -> {
            if (message.entityIds().isPresent()) {
                message.entityIds().get().forEach(entity -> targets.add(Target.entity(code, entity)));
            } else {
                connection.targets().stream()
                        .filter(target -> target.kind() == Target.Kind.ENTITY
                                && target.name().startsWith(code + ":"))
                        .forEach(targets::add);
            }
        });
        return targets;
    }

    private void await(Wait wait) {
        connection.await(
                Lsn.parse(wait.lsn()).value(),
                wait.timeout(),
                () -> session.send(wait.id(), new ServerMessage.Reached(wait.lsn())),
                () -> session.send(
                        wait.id(),
                        new ServerMessage.Error(
                                "%s was not delivered within %d ms."
                                        .formatted(wait.lsn(), wait.timeout().toMillis()),
                                ErrorCode.WAIT_TIMEOUT)));
    }

    /// Other messages go on under the old credential until the new one is judged, which is nearly always at once.
    private Optional<ServerMessage.Error> refresh(TokenRefresh message) {
        if (refreshing) {
            return Optional.of(new ServerMessage.Error(
                    "The TOKEN_REFRESH before is still under way.",
                    ErrorCode.RATE_LIMITED,
                    Optional.of(Shards.retryAfter())));
        }
        refreshing = true;
        services.authenticator()
                .authenticate(Presented.apart(message.token()), Scope.SUBSCRIBE)
                .thenAccept(outcome -> session.soon(() -> refreshed(message.id(), outcome)));
        return Optional.empty();
    }

    /// What cannot be judged now may be good; until then, and as long as it lasts, the old credential is.
    private void refreshed(Optional<String> id, Outcome outcome) {
        refreshing = false;
        if (!connection.isOpen()) {
            return;
        }
        switch (outcome) {
            case Outcome.Granted(Identity fresh) -> {
                if (!session.renew(fresh)) {
                    session.refuse(id, ErrorCode.AUTH_FAILED, "The new token is of another subject or tenant.");
                }
            }
            case Outcome.Refused(ErrorCode code, String reason)
            when code.retryable() ->
                session.send(id, new ServerMessage.Error(reason, code, Optional.of(Shards.retryAfter())));
            case Outcome.Refused(ErrorCode code, String reason) -> session.refuse(id, code, reason);
        }
    }

    private ServerMessage.Error tooFast(Limit limit) {
        services.breaches().count(limit);
        Duration wait = pace.wait(limit == Limit.SUBSCRIBES);
        String reason =
                "Too many messages in the time (limit '%s'); wait %d ms.".formatted(limit.label(), wait.toMillis());
        return new ServerMessage.Error(reason, ErrorCode.RATE_LIMITED, Optional.of(wait));
    }
}
