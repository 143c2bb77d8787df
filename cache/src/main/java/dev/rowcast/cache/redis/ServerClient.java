package dev.rowcast.cache.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// To one server: the one of the address, or the one that sentinels name at that moment.
///
/// @param lettuce its own
record ServerClient(RedisClient lettuce, RedisURI address) implements Client {

    ServerClient(RedisConfig config, ClientResources resources) {
        this(RedisClient.create(resources), RedisURI.create(config.url()));
        address.setTimeout(config.patience());
        lettuce.setOptions(Client.options(config));
    }

    @Override
    public CompletableFuture<Connection> connect() {
        return lettuce.connectAsync(ByteArrayCodec.INSTANCE, address)
                .toCompletableFuture()
                .thenApply(opened -> new Connection(
                        opened.async(),
                        () -> Map.of(name(), CompletableFuture.completedFuture(opened.async())),
                        opened));
    }

    /// Without the login.
    private String name() {
        return address.getSentinels().isEmpty()
                ? address.getHost() + ":" + address.getPort()
                : "%s of %d sentinels"
                        .formatted(
                                address.getSentinelMasterId(),
                                address.getSentinels().size());
    }
}
