package dev.rowcast.cache.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// What opens connections, to one server or to a cluster.
sealed interface Client permits ServerClient, ClusterClient {

    /// A peer that vanished without a word is noticed after this.
    Duration UNACKNOWLEDGED = Duration.ofSeconds(3);

    static Client of(RedisConfig config, ClientResources resources) {
        return config.isCluster() ? new ClusterClient(config, resources) : new ServerClient(config, resources);
    }

    /// Fails when nobody answers; opens again by itself after it broke.
    CompletableFuture<Connection> connect();

    AbstractRedisClient lettuce();

    /// Nothing is queued while there is no connection, and not much while there is one.
    static ClientOptions options(RedisConfig config) {
        SocketOptions sockets = SocketOptions.builder()
                .connectTimeout(config.patience())
                .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable(Epoll.isAvailable())
                        .tcpUserTimeout(UNACKNOWLEDGED)
                        .build())
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(UNACKNOWLEDGED)
                        .interval(Duration.ofSeconds(1))
                        .count(3)
                        .build())
                .build();
        return ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP2)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(config.waiting())
                .timeoutOptions(TimeoutOptions.enabled(config.timeout()))
                .socketOptions(sockets)
                .build();
    }
}
