package dev.rowcast.ingest.app;

import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the process; each has its environment variable in `rowcast-ingest-cdc.yaml`.
///
/// @param databaseUrl `postgresql://user:password@host:port/database`
/// @param replicationFactor of topics that are made; -1 for the broker's default
@ConfigurationProperties(prefix = "rowcast.ingest", ignoreUnknownFields = false)
record IngestProperties(
        String databaseUrl,
        String bootstrapServers,
        String registryUrl,
        Path catalog,
        @DefaultValue("-1") short replicationFactor) {

    IngestProperties {
        if (databaseUrl.isBlank()) {
            throw new IllegalArgumentException(
                    "no database; set DATABASE_URL to postgresql://user:password@host:port/database");
        }
    }

    /// Reads the catalog.
    IngestConfig toConfig() throws CatalogException {
        return IngestConfig.of(DatabaseUrl.parse(databaseUrl), bootstrapServers, registryUrl, Catalog.load(catalog))
                .withReplication(replicationFactor);
    }

    /// Without the login.
    @Override
    public String toString() {
        return "IngestProperties[bootstrapServers=%s, registryUrl=%s, catalog=%s]"
                .formatted(bootstrapServers, registryUrl, catalog);
    }
}
