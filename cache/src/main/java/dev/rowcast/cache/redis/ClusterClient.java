package dev.rowcast.cache.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/// To a Redis Cluster, whose servers are found by those that the address names. Commands go to the primary that has
/// the slot of their keys, never to a replica.
///
/// @param lettuce its own
record ClusterClient(RedisClusterClient lettuce) implements Client {

    /// A server that left is not always missed by a command, so the servers are asked for each other as often as this.
    private static final Duration LOOK = Duration.ofSeconds(10);
    /// And at most so often when a command was sent elsewhere, or a server does not answer.
    private static final Duration LOOK_IN_TROUBLE = Duration.ofSeconds(1);

    ClusterClient(RedisConfig config, ClientResources resources) {
        this(RedisClusterClient.create(resources, seeds(config)));
        ClusterTopologyRefreshOptions refresh = ClusterTopologyRefreshOptions.builder()
                .enablePeriodicRefresh(LOOK)
                .enableAllAdaptiveRefreshTriggers()
                .adaptiveRefreshTriggersTimeout(LOOK_IN_TROUBLE)
                .refreshTriggersReconnectAttempts(1)
                .build();
        lettuce.setOptions(ClusterClientOptions.builder(Client.options(config))
                .topologyRefreshOptions(refresh)
                // Else whoever is sent to a server that came in the last seconds is refused.
                .validateClusterNodeMembership(false)
                .build());
    }

    @Override
    public CompletableFuture<Connection> connect() {
        return lettuce.refreshPartitionsAsync()
                .toCompletableFuture()
                .thenCompose(found -> lettuce.connectAsync(ByteArrayCodec.INSTANCE))
                .thenApply(opened -> new Connection(opened.async(), () -> primaries(opened), opened));
    }

    private static Map<String, CompletionStage<? extends RedisServerAsyncCommands<byte[], byte[]>>> primaries(
            StatefulRedisClusterConnection<byte[], byte[]> cluster) {
        return cluster.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .collect(Collectors.toMap(
                        node -> node.getUri().getHost() + ":" + node.getUri().getPort(),
                        node -> cluster.getConnectionAsync(node.getNodeId())
                                .thenApply(StatefulRedisConnection::async)));
    }

    private static List<RedisURI> seeds(RedisConfig config) {
        List<RedisURI> seeds =
                RedisClusterURIUtil.toRedisURIs(URI.create(config.url().replaceFirst("-cluster:", ":")));
        seeds.forEach(seed -> seed.setTimeout(config.patience()));
        return seeds;
    }
}
