package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done when something throws that nobody expects to. Who may have missed something because of it comes back
/// with its last cursor and is told again; everybody else goes on. Confined to the event loop.
final class Mishaps {

    private static final Logger log = LoggerFactory.getLogger(Mishaps.class);

    private final Shard shard;

    Mishaps(Shard shard) {
        this.shard = shard;
    }

    /// Runs what is for all connections of the event loop: which of them it did not get to is not known, so all end.
    void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            List<Connection> all = shard.connections();
            log.atError()
                    .addKeyValue("code", ErrorCode.INTERNAL)
                    .addKeyValue("connections", all.size())
                    .setCause(e)
                    .log("Event loop failed, its connections end");
            all.forEach(Mishaps::end);
        }
    }

    /// Runs what is for this connection alone.
    void guard(Connection connection, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            of(connection, e);
        }
    }

    /// What was for this connection alone failed.
    void of(Connection connection, Throwable cause) {
        log.atError()
                .addKeyValue("code", ErrorCode.INTERNAL)
                .addKeyValue("connection", connection.id())
                .setCause(cause)
                .log("Connection failed and ends");
        end(connection);
    }

    /// What was for no connection failed.
    static void log(Throwable cause) {
        log.atError()
                .addKeyValue("code", ErrorCode.INTERNAL)
                .setCause(cause)
                .log("Event loop failed, its connections go on");
    }

    private static void end(Connection connection) {
        try {
            // It may be what waits that cannot be written.
            connection.outgoing().drop();
            if (connection.isOpen()) {
                connection.end(ErrorCode.INTERNAL);
                return;
            }
        } catch (RuntimeException | Error e) {
            // Then it ends without a word.
        }
        connection.outgoing().cutOff(new CloseCause.Ours(CloseCode.INTERNAL));
    }
}
