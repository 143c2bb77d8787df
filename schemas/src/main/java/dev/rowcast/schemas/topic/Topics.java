package dev.rowcast.schemas.topic;

import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.topic.Retention.Compact;
import dev.rowcast.schemas.topic.Retention.Delete;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;

/// Rowcast's topics.
public final class Topics {

    /// Tenants spread over this many partitions; a source topic of the topology has as many as any other.
    private static final int TENANT_PARTITIONS = 8;

    private static final Format<String> TEXT = new Format.Text();

    public static final Topic<String, Change> CHANGES = new Topic<>(
            "rowcast.changes",
            TEXT,
            avro(Change.class, Change.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofHours(24)),
            "tenant",
            "what changed, in commit order; ingest is the only writer");

    public static final Topic<String, GatewayCommand> COMMANDS = new Topic<>(
            "rowcast.commands",
            TEXT,
            avro(GatewayCommand.class, GatewayCommand.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofHours(1)),
            "tenant",
            "what gateways ask of the topology");

    public static final Topic<String, PublishedEvent> INBOX = new Topic<>(
            "rowcast.inbox",
            TEXT,
            avro(PublishedEvent.class, PublishedEvent.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofHours(24)),
            "tenant",
            "events published over HTTP, before ingest orders them");

    public static final Topic<String, Delivery> DELIVERIES = new Topic<>(
            "rowcast.deliveries",
            TEXT,
            avro(Delivery.class, Delivery.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofHours(1)),
            "node (explicit partition)",
            "frames rendered once, to gateway nodes");

    public static final Topic<String, Eviction> EVICTIONS = new Topic<>(
            "rowcast.evictions",
            TEXT,
            avro(Eviction.class, Eviction.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofHours(24)),
            "cache partition",
            "cache tags that became stale");

    public static final Topic<String, ContentEvent> EVENTS = new Topic<>(
            "rowcast.events",
            TEXT,
            avro(ContentEvent.class, ContentEvent.getClassSchema()),
            TENANT_PARTITIONS,
            new Delete(Duration.ofDays(7)),
            "tenant and subject",
            "business events for direct consumers, as CloudEvents");

    public static final Topic<String, CaptureProgress> CAPTURE_PROGRESS = new Topic<>(
            "rowcast.capture-progress",
            TEXT,
            avro(CaptureProgress.class, CaptureProgress.getClassSchema()),
            1,
            new Compact(),
            "source",
            "what each source has published");

    public static final Topic<byte[], byte[]> DEAD_LETTERS = new Topic<>(
            "rowcast.dead-letters",
            new Format.Bytes(),
            new Format.Bytes(),
            1,
            new Delete(Duration.ofDays(14)),
            "original key",
            "what could not be processed, with the reason in its headers");

    private Topics() {}

    /// The topics that are ours whatever the catalog says, in the order of the flow.
    public static List<Topic<?, ?>> all() {
        return List.of(CHANGES, COMMANDS, INBOX, DELIVERIES, EVICTIONS, EVENTS, CAPTURE_PROGRESS, DEAD_LETTERS);
    }

    /// The same, and a topic for the events of each tenant that has one of its own.
    ///
    /// @param highVolume tenants
    public static List<Topic<?, ?>> all(Collection<String> highVolume) {
        return Stream.concat(all().stream(), highVolume.stream().map(Topics::events))
                .toList();
    }

    /// The events of a tenant that has a topic of its own.
    ///
    /// @param tenant letters, digits, `_` and `-`
    public static Topic<String, ContentEvent> events(String tenant) {
        return new Topic<>(
                EVENTS.name() + "." + tenant,
                EVENTS.key(),
                EVENTS.value(),
                EVENTS.partitions(),
                EVENTS.retention(),
                EVENTS.keyedBy(),
                "business events of " + tenant + ", as CloudEvents");
    }

    /// The raw rows of one captured table, as Debezium made them. Credentials are few and outlive any retention, so
    /// the table that holds them is compacted instead.
    ///
    /// @param table `schema.table`
    public static Topic<GenericRecord, GenericRecord> rows(String source, String table) {
        boolean credentials = table.equals(API_KEYS_TABLE);
        return new Topic<>(
                "cdc.%s.%s".formatted(source, table),
                new Format.Row(),
                new Format.Row(),
                1,
                credentials ? new Compact() : new Delete(Duration.ofDays(7)),
                "primary key",
                credentials
                        ? "API keys, hashed; gateways read them"
                        : "raw rows of " + table + ", for direct consumers");
    }

    /// Where API keys are stored, hashed.
    public static final String API_KEYS_TABLE = "rowcast.api_keys";

    private static <T extends SpecificRecord> Format<T> avro(Class<T> type, Schema schema) {
        return new Format.Avro<>(type, schema);
    }
}
