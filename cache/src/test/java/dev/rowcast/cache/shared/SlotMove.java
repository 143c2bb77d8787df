package dev.rowcast.cache.shared;

import dev.rowcast.embedded.Redis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Moves a slot from one server of a cluster to the next, key by key, as its operators do.
public final class SlotMove implements AutoCloseable {

    private static final int TIMEOUT_MS = 5_000;

    /// @param id by which the cluster knows it
    private record Server(int port, String id, StatefulRedisConnection<String, String> connection) {

        RedisCommands<String, String> sync() {
            return connection.sync();
        }
    }

    private final RedisClient client = RedisClient.create();
    private final List<Server> servers = new ArrayList<>();
    private final int slot;
    private int source;
    private boolean moving;
    private int moved;

    /// @param primaries all that have slots
    /// @param key whose slot is moved
    public SlotMove(List<Redis> primaries, String key) {
        this.slot = SlotHash.getSlot(key);
        for (Redis each : primaries) {
            StatefulRedisConnection<String, String> connection = client.connect(RedisURI.create(each.url()));
            servers.add(new Server(each.port(), connection.sync().clusterMyId(), connection));
        }
        this.source = owner();
    }

    /// How often the slot has come to another server.
    public int moved() {
        return moved;
    }

    public boolean moving() {
        return moving;
    }

    /// The next step: begins, moves one key, or ends.
    public void step() {
        Server from = servers.get(source);
        Server to = servers.get((source + 1) % servers.size());
        if (!moving) {
            to.sync().clusterSetSlotImporting(slot, from.id());
            from.sync().clusterSetSlotMigrating(slot, to.id());
            moving = true;
            return;
        }
        List<String> keys = from.sync().clusterGetKeysInSlot(slot, 1);
        if (!keys.isEmpty()) {
            from.sync().migrate("127.0.0.1", to.port(), keys.getFirst(), 0, TIMEOUT_MS);
            return;
        }
        to.sync().clusterSetSlotNode(slot, to.id());
        from.sync().clusterSetSlotNode(slot, to.id());
        servers.forEach(each -> each.sync().clusterSetSlotNode(slot, to.id()));
        source = (source + 1) % servers.size();
        moving = false;
        moved++;
    }

    /// Loses all keys, wherever they are.
    public void flush() {
        servers.forEach(each -> each.sync().flushall());
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    private int owner() {
        String myself = servers.getFirst()
                .sync()
                .clusterNodes()
                .lines()
                .filter(line -> line.contains("master"))
                .filter(this::hasSlot)
                .findFirst()
                .orElseThrow()
                .split(" ")[0];
        for (int i = 0; i < servers.size(); i++) {
            if (servers.get(i).id().equals(myself)) {
                return i;
            }
        }
        throw new IllegalStateException("a server that is not ours has slot " + slot);
    }

    /// Slots are the ninth word of a line and those behind it, such as `0-5460`.
    private boolean hasSlot(String line) {
        String[] words = line.split(" ");
        for (int i = 8; i < words.length; i++) {
            String[] range = words[i].split("-");
            if (words[i].matches("\\d+(-\\d+)?")
                    && Integer.parseInt(range[0]) <= slot
                    && slot <= Integer.parseInt(range[range.length - 1])) {
                return true;
            }
        }
        return false;
    }
}
