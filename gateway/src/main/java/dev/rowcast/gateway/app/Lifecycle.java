package dev.rowcast.gateway.app;

import dev.rowcast.gateway.auth.Keys;
import dev.rowcast.gateway.channel.Census;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.edge.Door;
import dev.rowcast.gateway.feed.Feeding;
import dev.rowcast.gateway.limit.Limits;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Starts reading after the port is open, and drains before it closes. The web server does not know the connections
/// that changed hands, so it would cut them.
final class Lifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);
    private static final long LOOK_EVERY_MS = 20;

    /// For the last client to take its last bytes and close its half.
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private final Feeding feeding;
    private final KeyContainer keyContainer;
    private final Shards shards;
    private final Door door;
    private final Census census;
    private final Limits limits;
    private volatile boolean running;

    Lifecycle(
            Feeding feeding,
            KeyContainer keyContainer,
            Keys keys,
            Shards shards,
            Door door,
            Census census,
            Limits limits) {
        this.feeding = feeding;
        this.keyContainer = keyContainer;
        this.shards = shards;
        this.door = door;
        this.census = census;
        this.limits = limits;
        keys.onRevoked(shards::revoke);
    }

    @Override
    public void start() {
        running = true;
        keyContainer.start();
        feeding.start(shards);
    }

    @Override
    public void stop() {
        int before = census.connections();
        door.close();
        shards.drain(limits.drain());
        long deadline = System.nanoTime() + limits.drain().plus(LAST_WORDS).toNanos();
        try {
            while (census.openSockets() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(LOOK_EVERY_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.atInfo()
                .addKeyValue("connections", before)
                .addKeyValue("cut", census.openSockets())
                .log("Drained");
        feeding.close();
        keyContainer.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /// Last to start and first to stop.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
