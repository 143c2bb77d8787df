package dev.rowcast.streams.app.server;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.streams.app.Failover;
import dev.rowcast.streams.app.StreamsConfig;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the process; each has its environment variable in `rowcast-streams-processor.yaml`.
///
/// @param replicationFactor of every topic that is made
/// @param operatorsAddress `host:port` that other instances tell operators; empty: they tell none
/// @param redisUrl of the caches; empty where there are none
/// @param instance empty: derived from the machine and the state's folder
@ConfigurationProperties(prefix = "rowcast.streams", ignoreUnknownFields = false)
record ProcessorProperties(
        String bootstrapServers,
        String registryUrl,
        Path catalog,
        String cursorSecret,
        Path stateDir,
        @DefaultValue("at_least_once") Guarantee guarantee,
        @DefaultValue("1") short replicationFactor,
        @DefaultValue("") String instance,
        @DefaultValue("0") int standbys,
        @DefaultValue("6s") Duration sessionTimeout,
        @DefaultValue("") String operatorsAddress,
        @DefaultValue("") String redisUrl) {

    ProcessorProperties {
        if (cursorSecret.isBlank()) {
            throw new IllegalArgumentException(
                    "no cursor secret; set ROWCAST_CURSOR_SECRET to the 16 bytes or more that the gateways have");
        }
        if (!redisUrl.isBlank()) {
            RedisConfig.checkUrl(redisUrl);
        }
    }

    /// The caches' server, if there is one.
    Optional<RedisConfig> redis() {
        return redisUrl.isBlank() ? Optional.empty() : Optional.of(RedisConfig.of(redisUrl));
    }

    /// Reads the catalog.
    StreamsConfig toConfig() {
        StreamsConfig config = StreamsConfig.of(
                        bootstrapServers, registryUrl, Catalog.load(catalog), cursorSecret, stateDir)
                .withGuarantee(guarantee)
                .withReplicationFactor(replicationFactor)
                .withFailover(failover());
        return operatorsAddress.isBlank() ? config : config.withOperatorsAddress(operatorsAddress);
    }

    private Failover failover() {
        Failover failover = Failover.of(stateDir).withStandbys(standbys).withSessionTimeout(sessionTimeout);
        return instance.isBlank() ? failover : failover.withInstance(instance);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "ProcessorProperties[bootstrapServers=%s, registryUrl=%s, catalog=%s, stateDir=%s, guarantee=%s]"
                .formatted(bootstrapServers, registryUrl, catalog, stateDir, guarantee);
    }
}
