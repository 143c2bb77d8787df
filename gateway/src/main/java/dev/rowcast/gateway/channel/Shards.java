package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// The fan-out core of a node: one shard for each event loop, all of them fed by one thread.
public final class Shards {

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

    private final Map<EventLoop, Shard> shards = new ConcurrentHashMap<>();
    private final Map<Integer, Progress> progress = new ConcurrentHashMap<>();
    private final ShardServices services;
    private volatile boolean draining;

    public Shards(ShardServices services) {
        this.services = services;
        services.pressure().whenOver(new Relief(shards.values(), services.pressure())::begin);
    }

    /// Takes in a connection. Called on its event loop.
    ///
    /// @param wire where what is written to it goes
    /// @param left is run once, on the event loop, when it has ended
    public Connection join(String id, Identity identity, Form form, Wire wire, Runnable left) {
        Shard shard = shard(wire.loop());
        Connection connection = shard.join(id, identity, form, wire, left);
        if (draining) {
            shard.draining().tooLate(connection);
        }
        return connection;
    }

    /// Runs something that writes to a connection of this event loop, and flushes what it wrote.
    public void turn(EventLoop loop, Runnable task) {
        shard(loop).turn(task);
    }

    /// Hands the deliveries of one poll to every event loop. Called by one thread only.
    ///
    /// @param known how far the node is once these are handled, for event loops that begin now
    /// @param newHome whether the node's home partition is another one since the last call, so that
    ///     everything that the connections have is asked for again before these deliveries are handled
    /// @param done runs when all of them have taken them: what is not written then is no more than one
    ///     piece for each connection
    public void offer(List<Arrival> arrivals, Map<Integer, Progress> known, boolean newHome, Runnable done) {
        progress.putAll(known);
        List<Shard> all = List.copyOf(shards.values());
        if (all.isEmpty()) {
            done.run();
            return;
        }
        Batch batch = new Batch(arrivals, newHome, all.size(), done);
        all.forEach(shard -> shard.offer(batch));
    }

    /// The credential is no longer valid: its connections end.
    public void revoke(Identity revoked) {
        ServerMessage message =
                new ServerMessage.Error(ErrorCode.CREDENTIAL_REVOKED.meaning(), ErrorCode.CREDENTIAL_REVOKED);
        shards.values()
                .forEach(shard -> shard.loop()
                        .execute(() -> shard.closeMatching(revoked::sameAs, CloseCode.CREDENTIAL_REVOKED, message)));
    }

    /// Tells every client to go elsewhere and ends its connection, one after the other.
    ///
    /// @param window in which the last of them is told
    public void drain(Duration window) {
        draining = true;
        shards.values().forEach(shard -> shard.loop().execute(() -> shard.drain(window)));
    }

    /// When a client should come back; each gets its own so that they do not come together.
    public static Duration retryAfter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(SHORTEST_RETRY.toMillis(), LONGEST_RETRY.toMillis()));
    }

    private Shard shard(EventLoop loop) {
        return shards.computeIfAbsent(loop, unseen -> {
            Shard shard = new Shard(unseen, services, progress);
            shard.start();
            return shard;
        });
    }
}
