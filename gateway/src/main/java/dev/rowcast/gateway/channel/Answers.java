package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.Collection;
import java.util.Optional;

/// What a subscription's owner is told of its outcome, on the connection's event loop.
public interface Answers {

    /// The targets are subscribed from this moment of the stream on.
    ///
    /// @param cursor everything committed after it arrives; empty while others of the connection's targets are
    ///     behind
    /// @param rejected absent or forbidden
    void subscribed(Optional<String> cursor, Collection<Target> accepted, Collection<Target> rejected);

    /// The start could not be honoured; what is subscribed begins here.
    void reset(Reset.Reason reason, Collection<Target> targets);

    /// No answer came in time; nothing is subscribed.
    void expired();
}
