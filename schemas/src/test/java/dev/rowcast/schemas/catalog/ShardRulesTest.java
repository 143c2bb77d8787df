package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a catalog that splits tenants must say, and where it says that rows are.
class ShardRulesTest {

    private static final String CHANNELS = """
            source: app
            tenancy: {column: site_id, shard-by: {channel: vault, shards: 4, tenants: [acme]}}
            channels:
              vault: {access: members, members: {table: public.vault_members, channel: vault_id, principal: user_id}}
              team: {access: members, members: {table: public.team_members, channel: team_id, principal: user_id}}
              site: {access: tenant}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}", "site:{site_id}"]}
              public.authors: {entity: author, channels: ["site:{site_id}"]}
            """;

    @Test
    void eachTableHasOnePlace() {
        Catalog catalog = with("""
                  public.notes: {entity: note, parent: {table: public.sources, by: source_id}, shard: vault_id,
                                 channels: ["vault:{parent.vault_id}"]}
                  public.quotes: {entity: quote, parent: {table: public.authors, by: author_id}, shard: vault_id,
                                  channels: ["site:{parent.site_id}"]}
                  public.plans: {entity: plan, channels: ["site:{site_id}"]}
                """);

        assertThat(place(catalog, "sources")).isEqualTo(new RowPlace.OfChannel(Template.of("vault:{vault_id}")));
        assertThat(place(catalog, "vault_members")).isEqualTo(new RowPlace.OfColumn("vault_id"));
        assertThat(place(catalog, "notes")).isEqualTo(new RowPlace.OfColumn("vault_id"));
        assertThat(place(catalog, "team_members")).isEqualTo(new RowPlace.Everywhere());
        assertThat(place(catalog, "authors")).isEqualTo(new RowPlace.Everywhere());
        assertThat(place(catalog, "plans")).isEqualTo(new RowPlace.First());
        assertThat(catalog.routingColumns(TableName.parse("public.notes"))).contains("vault_id");
    }

    @Test
    void withoutASplitEveryRowIsInTheFirstShard() {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                tables: {public.sources: {entity: source}}
                """);

        assertThat(catalog.shardBy()).isEmpty();
        assertThat(place(catalog, "sources")).isEqualTo(new RowPlace.First());
    }

    @Test
    void theOnlyTenantNeedNotBeNamed() {
        assertThat(withTenancy("{constant: acme, shard-by: {channel: vault, shards: 2}}")
                        .shardBy())
                .isEqualTo(Optional.of(new ShardBy("vault", 2, List.of("acme"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{column: s, shard-by: {channel: vault, shards: 1, tenants: [a]}}|tenancy.shard-by: shards is 1; write a number from 2 to 8",
                "{column: s, shard-by: {channel: vault, shards: 9, tenants: [a]}}|tenancy.shard-by: shards is 9; write a number from 2 to 8",
                "{column: s, shard-by: {channel: vault, shards: few, tenants: [a]}}|tenancy.shard-by.shards: expected a whole number",
                "{column: s, shard-by: {channel: vault, tenants: [a]}}|tenancy.shard-by: the key shards is missing",
                "{column: s, shard-by: {channel: vault, shards: 2}}|tenancy.shard-by: the key tenants is missing",
                "{column: s, shard-by: {channel: vault, shards: 2, tenants: [a, a]}}|tenancy.shard-by: a tenant stands twice",
                "{column: s, shard-by: {channel: vault, shards: 2, tenants: [a/b]}}|tenancy.shard-by.tenants[0]: \"a/b\" is no tenant",
                "{column: s, shard-by: {channel: valt, shards: 2, tenants: [a]}}|tenancy.shard-by.channel: \"valt\" is a channel type that channels does not declare; did you mean \"vault\"?",
                "{column: s, shard-by: {chanel: vault, shards: 2, tenants: [a]}}|tenancy.shard-by.chanel: unknown key; did you mean \"channel\"?",
                "{constant: a, shard-by: {channel: vault, shards: 2, tenants: [b]}}|tenancy.shard-by: splits b, and the only tenant is a; remove tenants [CATALOG_CONFLICT]",
            })
    void aSplitThatCannotBeIsRefused(String tenancy, String message) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> withTenancy(tenancy))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public.x: {entity: x, parent: {table: public.sources, by: s}, channels: [\"vault:{parent.vault_id}\"]}"
                        + "|tables.public.x.channels[0]: \"vault:{parent.vault_id}\" needs the parent to know in which shard a row of public.x is; keep the id of the vault in a column of public.x as well, and add shard",
                "public.x: {entity: x, parent: {table: public.sources, by: s}, channels: [\"site:{parent.vault_id}\"]}"
                        + "|tables.public.x.parent: rows of public.sources are in the shard of their vault, and those of public.x are not",
                "public.x: {entity: x, channels: [\"vault:{a}\", \"vault:{b}\"]}"
                        + "|tables.public.x.channels[1]: public.x has several channels of type vault, by which tenants are split, and a row is in one shard; keep one of them",
                "public.x: {entity: x, channels: [\"vault:{a}\"], shard: a}"
                        + "|tables.public.x.shard: \"vault:{a}\" says already in which shard a row is; remove shard",
                "public.team_members: {entity: x, channels: [\"vault:{vault_id}\"]}"
                        + "|channels.team.members.table: rows of public.team_members are in the shard of their vault, and every shard must know the members of a team",
                "public.vault_members: {entity: x, channels: [\"vault:{id}\"]}"
                        + "|tables.public.vault_members: rows of public.vault_members let members into the vault in vault_id, and are in the shard of another; let their channel be \"vault:{vault_id}\", or add shard: vault_id",
            })
    void aTableThatCannotBePlacedIsRefusedWithTheWayOut(String table, String message) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> with("  " + table + "\n"))
                .withMessageContaining(message);
    }

    @Test
    void aShardColumnNeedsASplit() {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", """
                        source: app
                        tenancy: {constant: default}
                        tables: {public.sources: {entity: source, shard: vault_id}}
                        """))
                .withMessageContaining(
                        "tables.public.sources.shard: no tenant is split; remove shard, or add shard-by");
    }

    private static RowPlace place(Catalog catalog, String table) {
        return catalog.place(new TableName("public", table));
    }

    private static Catalog with(String tables) {
        return Catalog.parse("rowcast.yaml", CHANNELS + tables);
    }

    private static Catalog withTenancy(String tenancy) {
        return Catalog.parse(
                "rowcast.yaml",
                "source: app\ntenancy: " + tenancy
                        + "\nchannels: {vault: {access: tenant}}\ntables: {public.sources: {entity: source}}\n");
    }
}
