package dev.rowcast.bench.capture;

import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// What the worker and the connector are told. Where both sides have a setting, it has ingest's value; everything else
/// is left as it comes.
final class ConnectSettings {

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    private ConnectSettings() {}

    static Properties worker(String kafka, String name, String url, boolean exactlyOnce) {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers", kafka,
                "group.id", name,
                "listeners", url,
                // Bare JSON is the cheapest converter that Kafka brings: no schema in the record, no registry.
                "key.converter", JSON,
                "value.converter", JSON,
                "key.converter.schemas.enable", "false",
                "value.converter.schemas.enable", "false",
                "exactly.once.source.support", exactlyOnce ? "enabled" : "disabled",
                // The connector comes with the class path; looking into every class of it takes long.
                "plugin.discovery", "service_load"));
        settings.putAll(Map.of(
                "offset.storage.topic", name + "-offsets",
                "offset.storage.partitions", "1",
                "offset.storage.replication.factor", "1",
                "config.storage.topic", name + "-configs",
                "config.storage.replication.factor", "1",
                "status.storage.topic", name + "-status",
                "status.storage.partitions", "1",
                "status.storage.replication.factor", "1"));
        settings.put("producer.linger.ms", "0");
        return settings;
    }

    static Map<String, String> connector(DatabaseUrl database, String name) {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                "tasks.max", "1",
                "database.hostname", database.host(),
                "database.port", Integer.toString(database.port()),
                "database.user", database.user(),
                "database.password", database.password(),
                "database.dbname", database.database(),
                "topic.prefix", name));
        settings.putAll(Map.of(
                "plugin.name", "pgoutput",
                "slot.name", name,
                "publication.name", name,
                "publication.autocreate.mode", "disabled",
                "table.include.list", "public\\.small_rows,public\\.wide_rows",
                "snapshot.mode", "no_data",
                // Transaction metadata is off, which is its default and its best case.
                "provide.transaction.metadata", "false"));
        settings.putAll(Map.of(
                "poll.interval.ms", "5",
                "max.batch.size", "2048",
                "max.queue.size", "8192",
                "max.queue.size.in.bytes", Integer.toString(64 * 1024 * 1024),
                "decimal.handling.mode", "string",
                "time.precision.mode", "adaptive_time_microseconds",
                "statistics.metrics.enabled", "false"));
        return settings;
    }
}
