package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Answers to what the node asked again on its own: the client hears of it only when it has to act.
record Reconnecting(Connection connection, ProtocolCodec codec) implements Answers {

    @Override
    public void subscribed(Optional<String> cursor, Collection<Target> accepted, Collection<Target> rejected) {
        if (!rejected.isEmpty()) {
            connection.sendHere(codec.encode(Revoking.message(List.copyOf(rejected))));
        }
    }

    @Override
    public void reset(Reset.Reason reason, Collection<Target> targets) {
        connection.sendHere(codec.encode(
                new Reset(reason, targets.stream().map(Target::text).toList())));
    }

    @Override
    public void expired() {
        connection.end(ErrorCode.OVERLOADED);
    }
}
