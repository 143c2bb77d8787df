package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.Unavailable;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.Properties;
import java.util.stream.Collectors;

/// Debezium's settings. Several of its defaults lose or hide changes; each setting here says what it is for.
final class EngineSettings {

    private EngineSettings() {}

    static Properties of(DatabaseUrl database, Catalog catalog, boolean firstSnapshot) {
        Properties settings = new Properties();
        source(settings, database, catalog);
        position(settings, firstSnapshot);
        values(settings);
        pace(settings);
        return settings;
    }

    private static void source(Properties settings, DatabaseUrl database, Catalog catalog) {
        settings.setProperty("name", catalog.slot());
        settings.setProperty("connector.class", QuietConnector.class.getName());
        settings.setProperty("database.hostname", database.host());
        settings.setProperty("database.port", Integer.toString(database.port()));
        settings.setProperty("database.dbname", database.database());
        settings.setProperty("database.user", database.user());
        settings.setProperty("database.password", database.password());
        for (String option : database.options().split("&")) {
            String[] pair = option.split("=", 2);
            if (pair.length == 2) {
                settings.setProperty("driver." + pair[0], pair[1]);
            }
        }
        settings.setProperty("topic.prefix", "cdc." + catalog.source());
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", catalog.slot());
        // So that a standby of the database (17 or later) can have a copy of the slot.
        settings.setProperty("slot.failover", "true");
        settings.setProperty("publication.name", catalog.publication());
        // The publication belongs to the database's set-up, where a change of it is seen and reviewed.
        settings.setProperty("publication.autocreate.mode", "disabled");
        settings.setProperty("table.include.list", tables(catalog));
        // What other programs write into the log with pg_logical_emit_message is no row of anybody's.
        settings.setProperty("message.prefix.exclude.list", ".*");
    }

    private static String tables(Catalog catalog) {
        return catalog.publishedTables().stream()
                .map(table -> table.schema() + "\\." + table.name())
                .collect(Collectors.joining(","));
    }

    /// The slot alone says where to go on: positions kept by Debezium lose rows after some restarts.
    private static void position(Properties settings, boolean firstSnapshot) {
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        settings.setProperty("offset.flush.interval.ms", "500");
        settings.setProperty("snapshot.mode", firstSnapshot ? "initial" : "no_data");
        // The supervisor starts the engine again; the engine's own retries skip the batch that failed.
        settings.setProperty("errors.max.retries", "0");
        settings.setProperty("slot.max.retries", "0");
        settings.setProperty("provide.transaction.metadata", "true");
        // Truncations are changes too.
        settings.setProperty("skipped.operations", "none");
        settings.setProperty("tombstones.on.delete", "true");
    }

    /// Nothing may lose digits, and no value may stop the engine: NaN is a numeric, and intervals are not
    /// durations.
    private static void values(Properties settings) {
        settings.setProperty("decimal.handling.mode", "string");
        settings.setProperty("time.precision.mode", "adaptive_time_microseconds");
        settings.setProperty("interval.handling.mode", "string");
        settings.setProperty("hstore.handling.mode", "json");
        settings.setProperty("binary.handling.mode", "bytes");
        settings.setProperty("column.propagate.source.type", ".*");
        // Columns of types that the connector does not know would silently be missing.
        settings.setProperty("include.unknown.datatypes", "true");
        settings.setProperty("converters", "faithful");
        settings.setProperty("faithful.type", FaithfulValues.class.getName());
        settings.setProperty("unavailable.value.placeholder", Unavailable.TEXT);
    }

    private static void pace(Properties settings) {
        // The idle sleep of both the log reader and the queue: the one setting that decides latency.
        settings.setProperty("poll.interval.ms", "5");
        settings.setProperty("max.batch.size", "2048");
        settings.setProperty("max.queue.size", "8192");
        settings.setProperty("max.queue.size.in.bytes", Integer.toString(64 * 1024 * 1024));
        settings.setProperty("record.processing.threads", "1");
        settings.setProperty("record.processing.shutdown.timeout.ms", "1000");
        settings.setProperty("task.management.timeout.ms", "60000");
        settings.setProperty("statistics.metrics.enabled", "false");
        // Headers of each row that nobody reads.
        settings.setProperty("extended.headers.enabled", "false");
    }
}
