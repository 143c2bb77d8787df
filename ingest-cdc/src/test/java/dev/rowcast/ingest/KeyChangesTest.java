package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.topic.Partitions;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What `rowcast.changes` says of API keys.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class KeyChangesTest {

    private static final int HASH_LENGTH = 64;

    private World world;

    @BeforeEach
    void database(EmbeddedParts parts) throws Exception {
        world = World.ofNotes(parts);
    }

    @AfterEach
    void close() throws Exception {
        // Neither the hash nor anything else of the row is anywhere in the log.
        assertThat(world.changes.records())
                .extracting(record -> record.value().toString())
                .noneMatch(
                        text -> text.contains("aaaaaaaa") || text.contains("publishable") || text.contains("scopes"));
        world.close();
    }

    private void issue(String id, String tenant) {
        world.execute("insert into rowcast.api_keys (id, tenant, kind, hash, scopes) "
                + "values ('%s', '%s', 'publishable', lpad('%s', %d, 'a'), '{subscribe}')"
                        .formatted(id, tenant, Integer.toHexString((id + tenant).hashCode()), HASH_LENGTH));
    }

    /// `tenant operation key before after`, of each change of a key.
    private List<String> told() {
        return world.changes.rowRecords().stream()
                .filter(KeyChangesTest::isOfAKey)
                .map(record -> {
                    RowChange row = (RowChange) record.value().getBody();
                    if (!record.key().isEmpty()) {
                        assertThat(record.partition()).isEqualTo(Partitions.of(record.key(), 8));
                    }
                    return "%s %s %s %s %s"
                            .formatted(record.key(), row.getOp(), row.getKey(), row.getBefore(), row.getAfter());
                })
                .toList();
    }

    private static boolean isOfAKey(ConsumerRecord<String, Change> record) {
        return ((RowChange) record.value().getBody()).getTable().equals("rowcast.api_keys");
    }

    @Test
    @DisplayName("P2: a key is told to its tenant, by its id alone, when it is issued, changed, revoked and deleted")
    void aKeyIsToldByItsIdAlone() {
        try (Ingest ingest = world.startReady()) {
            // When
            issue("k1", "a");
            world.execute("update rowcast.api_keys set scopes = '{publish}' where id = 'k1'");
            world.execute("update rowcast.api_keys set revoked_at = now() where id = 'k1'");
            world.execute("update rowcast.api_keys set revoked_at = null where id = 'k1'");
            world.execute("delete from rowcast.api_keys where id = 'k1'");
            world.changes.untilRows(5);

            // Then
            assertThat(told())
                    .containsExactly(
                            "a CREATE k1 null {id=\"k1\"}",
                            "a UPDATE k1 null {id=\"k1\"}",
                            "a DELETE k1 {id=\"k1\"} null",
                            "a UPDATE k1 null {id=\"k1\"}",
                            "a DELETE k1 {id=\"k1\"} null");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("P7: a key that changes its tenant or its id ends where it was")
    void aKeyThatMovesEndsWhereItWas() {
        try (Ingest ingest = world.startReady()) {
            // Given
            issue("k1", "a");

            // When
            world.execute("update rowcast.api_keys set tenant = 'b' where id = 'k1'");
            world.execute("update rowcast.api_keys set tenant = 'c', revoked_at = now() where id = 'k1'");
            world.execute("update rowcast.api_keys set tenant = 'a', revoked_at = null where id = 'k1'");
            world.execute("update rowcast.api_keys set id = 'k2' where id = 'k1'");
            world.changes.untilRows(9);

            // Then
            assertThat(told().stream().filter(text -> text.startsWith("a ")))
                    .containsExactly(
                            "a CREATE k1 null {id=\"k1\"}",
                            "a DELETE k1 {id=\"k1\"} null",
                            "a CREATE k1 null {id=\"k1\"}",
                            "a DELETE k1 {id=\"k1\"} null",
                            "a CREATE k2 null {id=\"k2\"}");
            assertThat(told().stream().filter(text -> text.startsWith("b ")))
                    .containsExactly("b CREATE k1 null {id=\"k1\"}", "b DELETE k1 {id=\"k1\"} null");
            assertThat(told().stream().filter(text -> text.startsWith("c ")))
                    .containsExactly("c DELETE k1 {id=\"k1\"} null", "c DELETE k1 {id=\"k1\"} null");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("a snapshot tells which keys live and which are revoked")
    void aSnapshotTellsWhichKeysLive() {
        // Given
        issue("lives", "a");
        issue("ended", "a");
        world.execute("update rowcast.api_keys set revoked_at = now() where id = 'ended'");

        // When
        try (Ingest ingest = world.startReady()) {
            world.changes.untilRows(2);

            // Then
            assertThat(told())
                    .containsExactlyInAnyOrder(
                            "a SNAPSHOT lives null {id=\"lives\"}", "a DELETE ended {id=\"ended\"} null");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("a truncation of the keys is told in every partition, also where the catalog's tenancy is constant")
    void aTruncationIsToldEverywhere(EmbeddedParts parts) throws Exception {
        World before = world;
        world = World.of(
                parts,
                World.NOTES_SQL,
                "notes, tags",
                World.NOTES_CATALOG.replace("{column: site_id}", "{constant: demo}"));
        before.close();
        try (Ingest ingest = world.startReady()) {
            // When
            issue("k1", "another");
            world.execute("truncate rowcast.api_keys");
            world.changes.untilRows(9);

            // Then: in eight partitions, which have no common order
            List<String> told = new ArrayList<>(told());
            assertThat(told.remove("another CREATE k1 null {id=\"k1\"}")).isTrue();
            assertThat(told).hasSize(8).containsOnly(" TRUNCATE  null null");
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("a key of a tenant that none can be is set aside, and ends where it was")
    void aKeyOfABadTenantIsSetAside() {
        try (Ingest ingest = world.startReady()) {
            // Given
            issue("k1", "a");

            // When
            world.execute("update rowcast.api_keys set tenant = e'\\x01' where id = 'k1'");
            issue("k2", "a");
            world.changes.untilRows(3);

            // Then
            assertThat(told())
                    .containsExactly(
                            "a CREATE k1 null {id=\"k1\"}",
                            "a DELETE k1 {id=\"k1\"} null",
                            "a CREATE k2 null {id=\"k2\"}");
            await().atMost(World.PATIENCE)
                    .until(() -> world.meters
                                    .get("rowcast.ingest.dead.letters")
                                    .counter()
                                    .count()
                            == 1);
            assertThat(ingest.ready()).isTrue();
        }
    }
}
