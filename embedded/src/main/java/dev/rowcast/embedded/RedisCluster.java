package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Redis servers of 127.0.0.1 that are one cluster, with all slots divided among the first of them; for tests.
public final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// After this long without a word a server is held to be dead; longer than a busy machine stands still.
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(5);

    private final List<EmbeddedParts> servers = new ArrayList<>();

    private RedisCluster() {}

    /// Returns when every server says that the cluster is whole.
    ///
    /// @param folder for all of them
    /// @param primaries 3 at least, when one of them is to be replaced by its replica
    /// @param replicas at most as many: the first is of the first primary, and so on
    public static RedisCluster start(Path folder, int primaries, int replicas) {
        var cluster = new RedisCluster();
        try {
            for (int i = 0; i < primaries + replicas; i++) {
                cluster.servers.add(EmbeddedParts.start(config(folder, i), StartListener.SILENT));
            }
            cluster.join(primaries);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /// Primaries first, as they were at the start.
    public List<Redis> nodes() {
        return servers.stream().map(EmbeddedParts::redis).toList();
    }

    /// Names all of them.
    public String url() {
        return nodes().stream()
                .map(node -> Ports.HOST + ":" + node.port())
                .collect(Collectors.joining(",", "redis-cluster://", ""));
    }

    /// Returns when every server says that every slot is somebody's who answers.
    public void awaitWhole() {
        awaitAll("cluster_state:ok");
    }

    @Override
    public void close() {
        servers.forEach(EmbeddedParts::close);
    }

    private void join(int primaries) {
        Redis first = nodes().getFirst();
        for (int i = 0; i < servers.size(); i++) {
            Redis node = nodes().get(i);
            demand(node, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
            if (i < primaries) {
                demand(node, "CLUSTER ADDSLOTS " + slots(i, primaries));
            }
            demand(node, "CLUSTER MEET %s %d".formatted(Ports.HOST, first.port()));
        }
        awaitAll("cluster_known_nodes:" + servers.size());
        for (int i = primaries; i < servers.size(); i++) {
            String primary = ask(nodes().get(i - primaries), "CLUSTER MYID");
            Redis replica = nodes().get(i);
            demand(replica, "CLUSTER REPLICATE " + primary);
            await(() -> says(replica, "INFO replication", "master_link_status:up"));
        }
        awaitWhole();
    }

    private static String slots(int index, int primaries) {
        return IntStream.range(SLOTS * index / primaries, SLOTS * (index + 1) / primaries)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" "));
    }

    private void awaitAll(String state) {
        for (Redis node : nodes()) {
            await(() -> says(node, "CLUSTER INFO", state));
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new EmbeddedException(
                        Code.START_TIMED_OUT, "the cluster of Redis servers was not whole within " + PATIENCE);
            }
            ServerProcess.pause();
        }
    }

    private static void demand(Redis node, String command) {
        String answer = ask(node, command);
        if (!answer.equals("+OK")) {
            throw new EmbeddedException(Code.START_FAILED, "Redis answered %s to a cluster command".formatted(answer));
        }
    }

    private static boolean says(Redis node, String command, String words) {
        try {
            return node.ask(command).contains(words);
        } catch (IOException e) {
            return false; // it stands still for a moment
        }
    }

    private static String ask(Redis node, String command) {
        try {
            return node.ask(command);
        } catch (IOException e) {
            throw new EmbeddedException(Code.START_FAILED, "Redis does not answer: " + e.getMessage(), e);
        }
    }

    private static EmbeddedConfig config(Path folder, int index) {
        return EmbeddedConfig.in(folder.resolve("node" + index))
                .withParts(Set.of(Part.REDIS))
                .withPort(Part.REDIS, Ports.freeOfCluster())
                .withBinaries(folder.resolve("bin"))
                .withDurable(false)
                .withRedisSetting("cluster-enabled", "yes")
                .withRedisSetting("cluster-node-timeout", Long.toString(NODE_TIMEOUT.toMillis()));
    }
}
