package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.SseFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Sends the connections of one event loop elsewhere, one after the other, so that the nodes that take them are not met
/// by all at once. Until its turn a connection gets everything as before. Confined to the event loop.
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled finds its connection open or ended
final class Draining {

    /// A few clients need no long time.
    private static final Duration LONGEST_STEP = Duration.ofMillis(10);

    private final Shard shard;
    private final ProtocolCodec codec;

    Draining(Shard shard, ProtocolCodec codec) {
        this.shard = shard;
        this.codec = codec;
    }

    /// @param window in which the last of them is told
    void begin(List<Connection> connections, Duration window) {
        long step = Math.min(LONGEST_STEP.toNanos(), window.toNanos() / Math.max(1, connections.size()));
        long delay = 0;
        for (Connection connection : connections) {
            // A long-poll comes back soon anyhow, as long as its client likes to wait.
            boolean atOnce = connection.form() == Form.LONG_POLL;
            soon(connection, atOnce ? 0 : delay);
            delay += atOnce ? 0 : step;
        }
    }

    /// Its handshake was under way when the others were told.
    void tooLate(Connection connection) {
        soon(connection, 0);
    }

    private void soon(Connection connection, long delayNanos) {
        shard.loop().schedule(() -> shard.turn(() -> sendAway(connection)), delayNanos, TimeUnit.NANOSECONDS);
    }

    /// A browser's `EventSource` knows nothing of the message, but waits as long as `retry` says.
    private void sendAway(Connection connection) {
        if (!connection.isOpen()) {
            return;
        }
        Duration retryAfter = Shards.retryAfter();
        connection.sendText(SseFrame.retry(retryAfter));
        connection.sendHere(codec.encode(new ServerMessage.Goaway(CloseCode.DRAINING, retryAfter)));
        connection.close(CloseCode.DRAINING);
    }
}
