package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.Collection;

/// What a subscription's owner is told of its outcome, on the connection's event loop.
public interface Answers {

    /// The targets are subscribed from this moment of the stream on. Called at the place where the cursor belongs.
    ///
    /// @param rejected absent or forbidden
    void subscribed(Collection<Target> accepted, Collection<Target> rejected);

    /// The start could not be honoured; what is subscribed begins here.
    void reset(Reset.Reason reason, Collection<Target> targets);

    /// No answer came in time; nothing is subscribed.
    void expired();
}
