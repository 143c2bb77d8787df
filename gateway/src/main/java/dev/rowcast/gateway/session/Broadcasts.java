package dev.rowcast.gateway.session;

import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.channel.Connection;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.Bucket;
import dev.rowcast.schemas.protocol.ClientMessage.Broadcast;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.util.Optional;

/// What one client tells others, as long as it may. The topology looks again whether it may, and tells it nothing of
/// that. Confined to the connection's event loop.
final class Broadcasts {

    private final SessionServices services;
    private final Connection connection;
    private final Bucket bucket;

    Broadcasts(SessionServices services, Connection connection) {
        this.services = services;
        this.connection = connection;
        this.bucket = new Bucket(services.limits().messages().broadcasts(), System.nanoTime());
    }

    /// @return why it goes to nobody; empty when it is on its way
    Optional<ServerMessage.Error> send(Broadcast message) {
        String channel = message.channel();
        if (!connection.isIn(channel)) {
            return error(
                    ErrorCode.NOT_FOUND, "There is no channel '%s' that you are subscribed to.".formatted(channel));
        }
        if (!services.membersOnly().hasBroadcast(Target.channel(channel))) {
            return error(ErrorCode.BROADCAST_OFF, "Nobody may broadcast in '%s'.".formatted(channel));
        }
        if (connection.identity().principal().kind() == Principal.Kind.ANONYMOUS) {
            return error(
                    ErrorCode.BROADCAST_OFF,
                    "Who is anonymous may not broadcast; connect with a key, or a token that has a 'sub'.");
        }
        long now = System.nanoTime();
        if (!bucket.take(now)) {
            services.breaches().count(Limit.BROADCASTS);
            return Optional.of(new ServerMessage.Error(
                    "More than %d broadcasts in a second."
                            .formatted(services.limits().messages().broadcasts().perSecond()),
                    ErrorCode.RATE_LIMITED,
                    Optional.of(bucket.untilNext(now))));
        }
        return connection.broadcast(channel, message.data().json())
                ? Optional.empty()
                : Optional.of(new ServerMessage.Error(
                        "Too many broadcasts wait to be sent; this one was dropped.",
                        ErrorCode.OVERLOADED,
                        Optional.of(Shards.retryAfter())));
    }

    private static Optional<ServerMessage.Error> error(ErrorCode code, String reason) {
        return Optional.of(new ServerMessage.Error(reason, code));
    }
}
