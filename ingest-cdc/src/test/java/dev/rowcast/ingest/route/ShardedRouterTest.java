package dev.rowcast.ingest.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import io.debezium.data.Envelope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rows of a tenant that is split, by where they are written. Vault 1 is in shard 3 of four, vault 42 in the first one,
/// vault 43 in shard 2.
class ShardedRouterTest {

    private static final int PARTITIONS = 8;
    private static final long LSN = 800;
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.STRING_SCHEMA)
            .field("site_id", Schema.STRING_SCHEMA)
            .field("vault_id", Schema.OPTIONAL_STRING_SCHEMA)
            .field("text", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private final Catalog catalog = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id, shard-by: {channel: vault, shards: 4, tenants: [acme]}}
            channels:
              vault: {access: members, members: {table: public.vault_members, channel: vault_id, principal: text}}
              team: {access: members, members: {table: public.team_members, channel: vault_id, principal: text}}
              site: {access: tenant}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}", "site:{site_id}"], deliver: [text]}
              public.notes: {entity: note, parent: {table: public.sources, by: id}, shard: vault_id,
                             channels: ["vault:{parent.vault_id}"]}
              public.plans: {entity: plan, channels: ["site:{site_id}"]}
              public.happenings: {event: "{text}", channels: ["vault:{vault_id}"]}
            """);
    private final Router router = new Router(catalog, PARTITIONS);

    @Test
    void aRowIsInTheShardOfItsRootChannel() throws UnroutableException {
        assertThat(router.route(created("sources", row("acme", "1"))))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme/3");
        assertThat(router.route(created("notes", row("acme", "43"))))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme/2");
        assertThat(router.route(created("vault_members", row("acme", "1"))))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme/3");
        assertThat(router.route(created("sources", row("acme", null))))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme");
        assertThat(router.route(created("plans", row("acme", "1"))))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme");
        assertThat(router.route(created("sources", row("globex", "1"))))
                .extracting(RoutedChange::tenant)
                .containsExactly("globex");
    }

    @Test
    void eachShardIsInAPartitionOfItsOwn() throws UnroutableException {
        Placement placement = Placement.of(catalog, PARTITIONS);

        assertThat(router.route(created("sources", row("acme", "1"))))
                .extracting(RoutedChange::partition)
                .containsExactly(placement.partition(new TenantId("acme/3")));
    }

    @Test
    void aRowThatMovesLeavesOneShardAsOlderThanItComesToTheOther() throws UnroutableException {
        List<RoutedChange> changes = router.route(updated("sources", row("acme", "1"), row("acme", "43")));

        assertThat(changes)
                .extracting(RoutedChange::tenant, RoutedChange::operation, RoutedChange::lsn)
                .containsExactly(tuple("acme/3", Operation.DELETE, LSN - 1), tuple("acme/2", Operation.CREATE, LSN));
        assertThat(changes.getFirst().after()).isEmpty();
        assertThat(changes.getLast().before()).isEmpty();
    }

    @Test
    void aRowThatStaysInItsShardIsOneUpdate() throws UnroutableException {
        assertThat(router.route(updated("sources", row("acme", "1"), row("acme", "1"))))
                .extracting(RoutedChange::tenant, RoutedChange::operation, RoutedChange::lsn)
                .containsExactly(tuple("acme/3", Operation.UPDATE, LSN));
    }

    @Test
    void aValueThatTheLogDoesNotRepeatGoesAlongToTheOtherShard() throws UnroutableException {
        Struct after = row("acme", "43").put("text", Unavailable.TEXT);
        List<RoutedChange> changes =
                router.route(updated("sources", row("acme", "1").put("text", "large"), after));

        assertThat(changes.getLast().unchanged()).isEmpty();
        assertThat(changes.getLast().after().orElseThrow()).containsEntry("text", "\"large\"");
    }

    @Test
    void aRowThatMovesToAnotherTenantLeavesItsShard() throws UnroutableException {
        assertThat(router.route(updated("sources", row("acme", "1"), row("globex", "1"))))
                .extracting(RoutedChange::tenant, RoutedChange::operation)
                .containsExactly(tuple("acme/3", Operation.DELETE), tuple("globex", Operation.CREATE));
    }

    @Test
    void everyShardKnowsTheMembersOfOtherChannels() throws UnroutableException {
        assertThat(router.route(created("team_members", row("acme", "1"))))
                .extracting(RoutedChange::tenant, RoutedChange::operation)
                .containsExactly(
                        tuple("acme", Operation.CREATE),
                        tuple("acme/1", Operation.COPY),
                        tuple("acme/2", Operation.COPY),
                        tuple("acme/3", Operation.COPY));
        assertThat(router.route(deleted("team_members", row("acme", "1"))))
                .extracting(RoutedChange::operation)
                .containsExactly(Operation.DELETE, Operation.COPY, Operation.COPY, Operation.COPY);
        assertThat(router.route(read("team_members", row("acme", "1"))))
                .extracting(RoutedChange::operation)
                .containsOnly(Operation.SNAPSHOT)
                .hasSize(4);
    }

    @Test
    void anEventThatMovesHappensNoSecondTime() throws UnroutableException {
        assertThat(router.route(updated("happenings", row("acme", "1"), row("acme", "43"))))
                .extracting(RoutedChange::operation)
                .containsExactly(Operation.UPDATE);
    }

    @Test
    void aTableThatIsToldAnewForSomeTenantsIsToldInEachOfTheirShards() {
        assertThat(router.reset(TableName.parse("public.sources"), 7, List.of(new TenantId("acme"))))
                .extracting(RoutedChange::tenant, RoutedChange::operation)
                .containsExactly(
                        tuple("acme", Operation.RESET),
                        tuple("acme/1", Operation.RESET),
                        tuple("acme/2", Operation.RESET),
                        tuple("acme/3", Operation.RESET));
    }

    @Test
    void aTenantWithTheNameOfAShardIsNobody() {
        assertThatThrownBy(() -> router.route(created("sources", row("acme/3", "1"))))
                .isInstanceOf(UnroutableException.class)
                .hasMessageContaining("\"acme/3\" is no tenant, or the name of another one's shard");
    }

    @Test
    void anApiKeyIsKnownInEveryShard() throws UnroutableException {
        Schema schema = SchemaBuilder.struct()
                .field("id", Schema.STRING_SCHEMA)
                .field("tenant", Schema.STRING_SCHEMA)
                .field("revoked_at", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct key = new Struct(schema).put("id", "k").put("tenant", "acme");

        assertThat(router.route(captured(Topics.API_KEYS_TABLE, Envelope.Operation.CREATE, null, key)))
                .extracting(RoutedChange::tenant)
                .containsExactly("acme", "acme/1", "acme/2", "acme/3");
    }

    private static Struct row(String tenant, @Nullable String vault) {
        return new Struct(ROW)
                .put("id", "1")
                .put("site_id", tenant)
                .put("vault_id", vault)
                .put("text", "t");
    }

    private static Captured.Row created(String table, Struct after) {
        return captured("public." + table, Envelope.Operation.CREATE, null, after);
    }

    private static Captured.Row read(String table, Struct after) {
        return captured("public." + table, Envelope.Operation.READ, null, after);
    }

    private static Captured.Row updated(String table, Struct before, Struct after) {
        return captured("public." + table, Envelope.Operation.UPDATE, before, after);
    }

    private static Captured.Row deleted(String table, Struct before) {
        return captured("public." + table, Envelope.Operation.DELETE, before, null);
    }

    private static Captured.Row captured(
            String table, Envelope.Operation operation, @Nullable Struct before, @Nullable Struct after) {
        return new Captured.Row(
                new SourceRecord(Map.of(), Map.of(), "t", ROW, after),
                TableName.parse(table),
                operation,
                new Struct(KEY).put("id", "1"),
                before,
                after,
                LSN,
                1,
                1,
                Optional.empty());
    }
}
