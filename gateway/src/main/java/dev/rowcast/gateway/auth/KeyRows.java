package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Keys.Key;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the keys in step with the captured rows of `rowcast.api_keys`. For one thread.
public final class KeyRows {

    private static final Logger log = LoggerFactory.getLogger(KeyRows.class);

    private static final String TRUNCATE = "t";
    private static final String READ = "r";
    private static final Set<String> LAST = Set.of("last", "last_in_data_collection");

    private final Keys keys;
    private final Topic<GenericRecord, GenericRecord> topic;
    private final Deserializer<GenericRecord> rows;
    private final Set<String> inSnapshot = new HashSet<>();
    private String snapshotLsn = "";

    public KeyRows(Keys keys, Topic<GenericRecord, GenericRecord> topic, TopicSerdes serdes) {
        this.keys = keys;
        this.topic = topic;
        this.rows = serdes.value(topic).deserializer();
    }

    /// Takes one record of the topic.
    ///
    /// @param value Debezium's envelope as Avro; null in a tombstone, whose row was deleted by the record before
    public void accept(byte @Nullable [] value) {
        try {
            GenericRecord envelope = rows.deserialize(topic.name(), value);
            if (envelope != null) {
                take(envelope);
            }
        } catch (SerializationException | IllegalArgumentException e) {
            // Fails closed: a key that cannot be read lets nobody in.
            log.atError().addKeyValue("cause", e.getMessage()).log("Unreadable API key skipped");
        }
    }

    void take(GenericRecord envelope) {
        String op = text(envelope, "op");
        if (op.equals(TRUNCATE)) {
            keep(Set.of());
        } else if (envelope.get("after") instanceof GenericRecord after) {
            if (after.get("revoked_at") == null) {
                keys.put(key(after));
            } else {
                keys.remove(text(after, "id"));
            }
        } else if (envelope.get("before") instanceof GenericRecord before) {
            keys.remove(text(before, "id"));
        }
        if (op.equals(READ)) {
            snapshot(envelope);
        }
    }

    /// A first snapshot holds every key there is. One that was deleted in a part of the log that was given up is
    /// known by not being in it.
    private void snapshot(GenericRecord envelope) {
        if (!(envelope.get("source") instanceof GenericRecord source
                && envelope.get("after") instanceof GenericRecord row)) {
            return;
        }
        String lsn = text(source, "lsn");
        if (!lsn.equals(snapshotLsn)) {
            snapshotLsn = lsn;
            inSnapshot.clear();
        }
        inSnapshot.add(text(row, "id"));
        if (LAST.contains(String.valueOf(source.get("snapshot")))) {
            keep(Set.copyOf(inSnapshot));
        }
    }

    private void keep(Set<String> ids) {
        keys.ids().stream().filter(id -> !ids.contains(id)).forEach(keys::remove);
    }

    private static Key key(GenericRecord row) {
        Set<String> scopes = row.get("scopes") instanceof Collection<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet())
                : Set.of();
        return new Key(text(row, "id"), text(row, "tenant"), text(row, "kind"), text(row, "hash"), scopes);
    }

    private static String text(GenericRecord row, String column) {
        Object value = row.hasField(column) ? row.get(column) : null;
        if (value == null) {
            throw new IllegalArgumentException("an API key's row lacks " + column);
        }
        return value.toString();
    }
}
