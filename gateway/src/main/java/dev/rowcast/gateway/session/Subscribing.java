package dev.rowcast.gateway.session;

import dev.rowcast.gateway.channel.Answers;
import dev.rowcast.gateway.channel.Connection;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.channel.Uncovered;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.protocol.ServerMessage.Subscribed;
import dev.rowcast.schemas.protocol.ServerMessage.Subscribed.Rejection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells a client what became of its `SUBSCRIBE`.
///
/// @param id the client's correlation text
/// @param filter the request's, in its canonical form
/// @param uncovered what the cursor it resumes with does not speak for
/// @param refused what was not asked for, because the credential is not good for it; told as if it did not exist
/// @param answered runs once, when the client has its answer
record Subscribing(
        Connection connection,
        ProtocolCodec codec,
        Optional<String> id,
        Optional<String> filter,
        Uncovered uncovered,
        List<Target> refused,
        Runnable answered)
        implements Answers {

    @Override
    public void subscribed(Optional<String> cursor, Collection<Target> accepted, Collection<Target> rejected) {
        answered.run();
        List<Target> missed = uncovered.among(accepted);
        if (!missed.isEmpty()) {
            reset(Reset.Reason.LAPSED, missed);
        }
        Subscribed message = new Subscribed(
                accepted.size(),
                filter,
                Stream.concat(rejected.stream(), refused.stream())
                        .map(target -> new Rejection(target.text(), ErrorCode.NOT_FOUND))
                        .toList());
        connection.send(codec.encode(Envelope.answering(id, message)), cursor);
        connection.sendProgress();
    }

    @Override
    public void reset(Reset.Reason reason, Collection<Target> targets) {
        Reset message = new Reset(reason, targets.stream().map(Target::text).toList());
        connection.sendHere(codec.encode(Envelope.answering(id, message)));
    }

    /// Only a WebSocket can ask again without connecting again.
    @Override
    public void expired() {
        answered.run();
        ServerMessage message = new ServerMessage.Error(
                ErrorCode.NOT_READY.meaning(), ErrorCode.NOT_READY, Optional.of(Shards.retryAfter()));
        connection.send(codec.encode(Envelope.answering(id, message)));
        if (connection.form() != Form.WEBSOCKET) {
            connection.close(CloseCode.OVERLOADED);
        }
    }
}
