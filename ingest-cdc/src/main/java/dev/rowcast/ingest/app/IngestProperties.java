package dev.rowcast.ingest.app;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/// Settings of the process; each has its environment variable in `rowcast-ingest-cdc.yaml`.
///
/// @param databaseUrl `postgresql://user:password@host:port/database`
/// @param replicationFactor of topics that are made; -1 for the broker's default
/// @param redisUrl of the caches; empty where there are none
/// @param heartbeat how often the heartbeat row is written, such as `250ms`; empty: 250 ms with caches, 1 s without
@ConfigurationProperties(prefix = "rowcast.ingest", ignoreUnknownFields = false)
record IngestProperties(
        String databaseUrl,
        String bootstrapServers,
        String registryUrl,
        Path catalog,
        @DefaultValue("-1") short replicationFactor,
        @DefaultValue("") String redisUrl,
        @DefaultValue("") String heartbeat) {

    IngestProperties {
        if (databaseUrl.isBlank()) {
            throw new IllegalArgumentException(
                    "no database; set DATABASE_URL to postgresql://user:password@host:port/database");
        }
        if (!redisUrl.isBlank()) {
            RedisConfig.checkUrl(redisUrl);
        }
    }

    /// Reads the catalog.
    IngestConfig toConfig() throws CatalogException {
        return IngestConfig.of(DatabaseUrl.parse(databaseUrl), bootstrapServers, registryUrl, Catalog.load(catalog))
                .withReplication(replicationFactor)
                .withHeartbeatEvery(pace());
    }

    /// The caches' server, if there is one.
    Optional<RedisConfig> redis() {
        return redisUrl.isBlank() ? Optional.empty() : Optional.of(RedisConfig.of(redisUrl));
    }

    private Duration pace() {
        if (!heartbeat.isBlank()) {
            return DurationStyle.detectAndParse(heartbeat);
        }
        return redis().isPresent() ? IngestConfig.BEAT_FOR_CACHES : IngestConfig.BEAT;
    }

    /// Without the login.
    @Override
    public String toString() {
        return "IngestProperties[bootstrapServers=%s, registryUrl=%s, catalog=%s]"
                .formatted(bootstrapServers, registryUrl, catalog);
    }
}
