package dev.rowcast.cache.faults;

import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.redis.Script;
import dev.rowcast.cache.shared.Connected;
import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.RedisSentinel;
import dev.rowcast.embedded.StartListener;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisSentinelTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Script WRITE = Script.of("redis.call('SET', KEYS[1], 'x') return {'OK'}");
    private static final List<byte[]> KEY = List.of("written".getBytes(StandardCharsets.UTF_8));

    @Test
    void whatSentinelsMakeThePrimaryIsFoundWithoutARestart(@TempDir Path folder) throws Exception {
        RedisClient client = RedisClient.create();
        try (EmbeddedParts first = server(folder.resolve("first"));
                EmbeddedParts second = server(folder.resolve("second"));
                StatefulRedisConnection<String, String> replica =
                        client.connect(RedisURI.create(second.redis().url()))) {
            replica.sync().replicaof("127.0.0.1", first.redis().port());
            await().atMost(SOON).until(() -> replica.sync().info("replication").contains("master_link_status:up"));
            try (RedisSentinel sentinel =
                            RedisSentinel.start(Files.createDirectory(folder.resolve("s")), "caches", first.redis());
                    RedisLink link =
                            RedisLink.open(RedisConfig.of(sentinel.url()).withTimeout(Duration.ofSeconds(5)));
                    StatefulRedisConnection<String, String> asked = client.connect(address(sentinel))) {
                Connected.await(link);
                link.call(WRITE, KEY, List.of());
                await().atMost(SOON).until(() -> asked.sync().info("sentinel").contains("slaves=1"));

                first.redis().kill();
                // A sentinel that stood still decides nothing for 30 s.
                await().atMost(SOON.multipliedBy(3))
                        .ignoreException(RedisUnavailableException.class)
                        .until(() -> !link.call(WRITE, KEY, List.of()).isEmpty());
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private static RedisURI address(RedisSentinel sentinel) {
        return RedisURI.create(
                sentinel.url().replace("redis-sentinel:", "redis:").replaceFirst("#.*", ""));
    }

    private static EmbeddedParts server(Path folder) {
        return EmbeddedParts.start(
                EmbeddedConfig.in(folder).withParts(Set.of(Part.REDIS)).withDurable(false), StartListener.SILENT);
    }
}
