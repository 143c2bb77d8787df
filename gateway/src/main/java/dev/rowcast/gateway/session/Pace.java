package dev.rowcast.gateway.session;

import dev.rowcast.gateway.limit.Bucket;
import dev.rowcast.gateway.limit.MessageLimits;
import java.time.Duration;
import java.util.function.LongSupplier;

/// How fast one client may speak. A message that comes too fast is not handled; a client that goes on like that is not
/// listened to any more. Confined to the connection's event loop.
final class Pace {

    private final LongSupplier nanos;
    private final Bucket messages;
    private final Bucket subscribes;
    private final Bucket refused;

    /// @param nanos a clock that only goes forward
    Pace(MessageLimits limits, LongSupplier nanos) {
        long now = nanos.getAsLong();
        this.nanos = nanos;
        this.messages = new Bucket(limits.messages(), now);
        this.subscribes = new Bucket(limits.subscribes(), now);
        this.refused = new Bucket(limits.refused(), now);
    }

    /// Whether one more message may be handled.
    boolean message() {
        return messages.take(nanos.getAsLong());
    }

    /// Whether one more `SUBSCRIBE` may be.
    boolean subscribe() {
        return subscribes.take(nanos.getAsLong());
    }

    /// One was refused.
    ///
    /// @return false when that was one too many
    boolean bears() {
        return refused.take(nanos.getAsLong());
    }

    /// When a refused message may be sent again.
    Duration wait(boolean subscribe) {
        return (subscribe ? subscribes : messages).untilNext(nanos.getAsLong());
    }
}
