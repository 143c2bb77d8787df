package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A tenant that the catalog splits, from real tables into real partitions.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class ShardsTest {

    private static final String TABLES = """
            create table sources (id bigint primary key, site_id text not null, vault_id bigint, title text);
            create table vault_members (vault_id bigint, who text, site_id text not null, primary key (vault_id, who));
            create table team_members (team_id bigint, who text, site_id text not null, primary key (team_id, who));
            alter table sources replica identity full;
            alter table vault_members replica identity full;
            alter table team_members replica identity full;
            """;

    private static final String CATALOG = """
            tenancy: {column: site_id%s}
            channels:
              vault: {access: members, members: {table: public.vault_members, channel: vault_id, principal: who}}
              team: {access: members, members: {table: public.team_members, channel: team_id, principal: who}}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [title]}
            """;

    private static final String SPLIT = CATALOG.formatted(", shard-by: {channel: vault, shards: 3, tenants: [acme]}");
    private static final TenantId ACME = new TenantId("acme");

    private static World world(EmbeddedParts parts, String catalog) throws Exception {
        return World.of(parts, TABLES, "sources, vault_members, team_members", catalog);
    }

    @Test
    @DisplayName("P1: a transaction is in each shard that it concerns, and ends there once")
    void aTransactionIsInEachShardThatItConcerns(EmbeddedParts parts) throws Exception {
        try (World world = world(parts, SPLIT);
                Ingest ingest = world.startReady()) {
            Placement placement = Placement.of(world.catalog);
            int one = vault(placement, 1);
            int two = vault(placement, 2);

            world.execute("""
                    begin;
                    insert into sources values (1, 'acme', %1$d, 'a'), (2, 'acme', %2$d, 'b'), (3, 'acme', null, 'c');
                    insert into vault_members values (%1$d, 'ann', 'acme');
                    insert into team_members values (1, 'bob', 'acme');
                    update sources set vault_id = %2$d where id = 1;
                    insert into sources values (4, 'other', %1$d, 'd');
                    commit""".formatted(one, two));
            world.changes.untilRows(10);

            Map<String, List<RowChange>> byKey = byKey(world);
            assertThat(byKey.keySet()).containsExactly("acme", "acme/1", "acme/2", "other");
            assertThat(told(of(byKey, "acme"))).containsExactly("CREATE 3", "CREATE 1,bob");
            assertThat(told(of(byKey, "acme/1")))
                    .containsExactly("CREATE 1", "CREATE " + one + ",ann", "COPY 1,bob", "DELETE 1");
            assertThat(told(of(byKey, "acme/2"))).containsExactly("CREATE 2", "COPY 1,bob", "CREATE 1");
            assertThat(told(of(byKey, "other"))).containsExactly("CREATE 4");
            RowChange left = of(byKey, "acme/1").getLast();
            RowChange came = of(byKey, "acme/2").getLast();
            assertThat(left.getLsn()).isEqualTo(came.getLsn() - 1);
            assertThat(left.getLsn())
                    .isGreaterThan(of(byKey, "acme/1").getFirst().getLsn());
            assertThat(world.changes.rowRecords())
                    .allSatisfy(record ->
                            assertThat(record.partition()).isEqualTo(placement.partition(new TenantId(record.key()))));
            world.changes.rowRecords().stream()
                    .collect(Collectors.groupingBy(ConsumerRecord::partition))
                    .values()
                    .forEach(ofPartition -> assertThat(ofPartition.stream()
                                    .map(ShardsTest::row)
                                    .map(row -> row.getTx().getLast()))
                            .containsExactlyElementsOf(IntStream.range(0, ofPartition.size())
                                    .mapToObj(i -> i == ofPartition.size() - 1)
                                    .toList()));
        }
    }

    @Test
    @DisplayName("P2: when a tenant is split, what its shards remember is forgotten and read again")
    void whenATenantIsSplitItsMembersAreReadAgain(EmbeddedParts parts) throws Exception {
        try (World world = world(parts, CATALOG.formatted(""))) {
            Placement placement = Placement.of(World.catalog(world.source, SPLIT));
            int one = vault(placement, 1);
            try (Ingest whole = world.startReady()) {
                world.execute("insert into vault_members values (%d, 'ann', 'acme')".formatted(one));
                world.changes.untilRows(1);
            }

            try (Ingest split = world.startReady(world.config(world.url(), World.catalog(world.source, SPLIT)))) {
                world.execute("insert into sources values (1, 'acme', %d, 'a')".formatted(one));
                // The shards are in partitions of their own, which are read in any order.
                world.changes.until(records -> {
                    Map<String, List<RowChange>> now = byKey(world);
                    return of(now, "acme").size() >= 3
                            && of(now, "acme/2").size() >= 2
                            && told(of(now, "acme/1")).contains("CREATE 1")
                            && of(now, "acme/1").stream().anyMatch(row -> row.getOp() == Operation.SNAPSHOT);
                });

                Map<String, List<RowChange>> byKey = byKey(world);
                assertThat(byKey.keySet()).containsExactly("acme", "acme/1", "acme/2");
                assertThat(told(of(byKey, "acme"))).startsWith("CREATE " + one + ",ann", "RESET ", "RESET ");
                assertThat(told(of(byKey, "acme/1")))
                        .startsWith("RESET ", "RESET ")
                        .contains("CREATE 1");
                assertThat(of(byKey, "acme/1"))
                        .anyMatch(row -> row.getOp() == Operation.SNAPSHOT
                                && row.getKey().equals(one + ",ann"));
                assertThat(told(of(byKey, "acme/2"))).containsOnly("RESET ");
            }
        }
    }

    private static Map<String, List<RowChange>> byKey(World world) {
        return world.changes.rowRecords().stream()
                .collect(Collectors.groupingBy(
                        ConsumerRecord::key, TreeMap::new, Collectors.mapping(ShardsTest::row, Collectors.toList())));
    }

    private static List<RowChange> of(Map<String, List<RowChange>> byKey, String key) {
        return byKey.getOrDefault(key, List.of());
    }

    private static List<String> told(List<RowChange> rows) {
        return rows.stream().map(row -> row.getOp() + " " + row.getKey()).toList();
    }

    private static RowChange row(ConsumerRecord<String, Change> record) {
        return (RowChange) record.value().getBody();
    }

    /// A vault in this shard.
    private static int vault(Placement placement, int shard) {
        TenantId key = placement.keys(ACME).get(shard);
        return IntStream.range(1, 1_000)
                .filter(vault -> placement.keyOfRoot(ACME, "" + vault).equals(key))
                .findFirst()
                .orElseThrow();
    }
}
