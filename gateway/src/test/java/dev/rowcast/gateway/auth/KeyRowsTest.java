package dev.rowcast.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Clock;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Only rows that the database has are keys, whatever happened between the database and here.
class KeyRowsTest {

    private static final Schema ROW = SchemaBuilder.record("Row")
            .fields()
            .requiredString("id")
            .requiredString("tenant")
            .requiredString("kind")
            .requiredString("hash")
            .name("scopes")
            .type()
            .array()
            .items()
            .stringType()
            .noDefault()
            .optionalString("revoked_at")
            .endRecord();

    private static final Schema SOURCE = SchemaBuilder.record("Source")
            .fields()
            .requiredLong("lsn")
            .optionalString("snapshot")
            .endRecord();

    private static final Schema NULL = Schema.create(Schema.Type.NULL);

    private static final Schema ENVELOPE = SchemaBuilder.record("Envelope")
            .fields()
            .name("before")
            .type(Schema.createUnion(NULL, ROW))
            .noDefault()
            .name("after")
            .type(Schema.createUnion(NULL, ROW))
            .noDefault()
            .name("source")
            .type(SOURCE)
            .noDefault()
            .requiredString("op")
            .endRecord();

    private final Keys keys = new Keys(Clock.systemUTC());
    private final KeyRows rows = new KeyRows(
            keys, Topics.rows("app", Topics.API_KEYS_TABLE), new TopicSerdes(new RegistryClient("http://127.0.0.1:1")));

    @Test
    @DisplayName("A truncated table of keys leaves no key valid")
    void aTruncatedTableOfKeysLeavesNoKeyValid() {
        rows.take(envelope("c", row("one"), 10, null));
        rows.take(envelope("c", row("two"), 20, null));

        rows.take(envelope("t", null, 30, null));

        assertThat(keys.ids()).isEmpty();
    }

    @Test
    @DisplayName("A key that was deleted in a part of the log that was given up is not valid after the new snapshot")
    void aKeyThatIsNotInANewSnapshotIsNotValid() {
        rows.take(envelope("c", row("kept"), 10, null));
        rows.take(envelope("c", row("deleted"), 20, null));

        rows.take(envelope("r", row("kept"), 40, "first_in_data_collection"));
        rows.take(envelope("r", row("new"), 40, "last_in_data_collection"));

        assertThat(keys.ids()).containsExactlyInAnyOrder("kept", "new");
    }

    @Test
    @DisplayName("A snapshot that was cut takes no key away; the next whole one decides")
    void aSnapshotThatWasCutTakesNoKeyAway() {
        rows.take(envelope("c", row("kept"), 10, null));
        rows.take(envelope("c", row("other"), 20, null));

        rows.take(envelope("r", row("other"), 40, "first"));
        assertThat(keys.ids()).containsExactlyInAnyOrder("kept", "other");
        rows.take(envelope("r", row("kept"), 50, "last"));

        assertThat(keys.ids()).containsExactly("kept");
    }

    @Test
    @DisplayName("A backfill of some keys leaves the others valid")
    void aBackfillOfSomeKeysLeavesTheOthersValid() {
        rows.take(envelope("c", row("one"), 10, null));

        rows.take(envelope("r", row("two"), 40, "incremental"));

        assertThat(keys.ids()).containsExactlyInAnyOrder("one", "two");
    }

    private static GenericRecord row(String id) {
        GenericRecord row = new GenericData.Record(ROW);
        row.put("id", id);
        row.put("tenant", "demo");
        row.put("kind", "publishable");
        row.put("hash", "hash of " + id);
        row.put("scopes", List.of("subscribe"));
        return row;
    }

    private static GenericRecord envelope(
            String op, @Nullable GenericRecord after, long lsn, @Nullable String snapshot) {
        GenericRecord source = new GenericData.Record(SOURCE);
        source.put("lsn", lsn);
        source.put("snapshot", snapshot);
        GenericRecord envelope = new GenericData.Record(ENVELOPE);
        envelope.put("after", after);
        envelope.put("source", source);
        envelope.put("op", op);
        return envelope;
    }
}
