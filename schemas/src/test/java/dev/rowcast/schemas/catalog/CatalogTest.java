package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The catalog of the design's sample, `src/test/resources/catalog/vaults.yaml`, asked everything a catalog answers.
class CatalogTest {
    private static final TableName VAULTS = TableName.parse("public.vaults");
    private static final TableName SOURCES = TableName.parse("public.sources");
    private static final TableName ANNOTATIONS = TableName.parse("public.annotations");
    private static final TableName LIVE_UPDATES = TableName.parse("public.live_updates");
    private static final TableName VAULT_MEMBERS = TableName.parse("public.vault_members");

    private final Catalog catalog = Catalog.load(Path.of("src/test/resources/catalog/vaults.yaml"));

    @Test
    void theSourceNamesPublicationAndSlot() {
        assertThat(catalog.source()).isEqualTo("app");
        assertThat(catalog.publication()).isEqualTo("rowcast_app");
        assertThat(catalog.slot()).isEqualTo("rowcast_app");
    }

    @Test
    void channelTypesCarryTheirAccess() {
        assertThat(catalog.channels())
                .containsExactly(
                        Map.entry(
                                "vault",
                                new ChannelType(
                                        "vault",
                                        Access.MEMBERS,
                                        Optional.of(
                                                new Members(VAULT_MEMBERS, "vault_id", "user_id", Optional.of("role"))),
                                        Presence.NONE,
                                        false)),
                        Map.entry(
                                "site",
                                new ChannelType("site", Access.TENANT, Optional.empty(), Presence.NONE, false)));
    }

    @Test
    void aMembersTableIsNeverInsertOnly() {
        Catalog both = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels:
                  room: {access: members, members: {table: public.members, channel: room_id, principal: user_id}}
                tables:
                  public.members: {entity: member, channels: ["room:{room_id}"], insert-only: true}
                  public.updates: {entity: update, channels: ["room:{room_id}"], insert-only: true}
                """);

        assertThat(both.isInsertOnly(TableName.parse("public.members"))).isFalse();
        assertThat(both.isInsertOnly(TableName.parse("public.updates"))).isTrue();
    }

    @Test
    void aRuleHoldsAllThatTheFileSays() {
        assertThat(catalog.table(SOURCES))
                .contains(new TableRule(
                        SOURCES,
                        Optional.of("source"),
                        List.of(Template.of("vault:{vault_id}")),
                        Optional.empty(),
                        List.of("id", "vault_id", "title", "url", "created_at"),
                        List.of(Template.of("vault:{vault_id}:sources")),
                        Optional.empty(),
                        false,
                        Optional.empty()));
        assertThat(catalog.table(LIVE_UPDATES))
                .contains(new TableRule(
                        LIVE_UPDATES,
                        Optional.empty(),
                        List.of(Template.of("site:{site_id}")),
                        Optional.empty(),
                        List.of("collection", "slug", "item_id", "metadata"),
                        List.of(),
                        Optional.of(Template.of("{event_type}")),
                        true,
                        Optional.empty()));
        assertThat(catalog.table(ANNOTATIONS).orElseThrow().parent()).contains(new Parent(SOURCES, "source_id"));
    }

    @Test
    void aMembersTableIsCapturedWithoutStandingInTables() {
        assertThat(catalog.table(VAULT_MEMBERS)).isEmpty();
        assertThat(catalog.capturedTables()).containsExactly(VAULTS, SOURCES, ANNOTATIONS, LIVE_UPDATES, VAULT_MEMBERS);
    }

    @Test
    void anEntityIsFoundByItsCode() {
        assertThat(catalog.entity("annotation")).map(TableRule::table).contains(ANNOTATIONS);
        assertThat(catalog.entity("nobody")).isEmpty();
    }

    @Test
    void routingColumnsAreThoseThatDecideWhoIsTold() {
        assertThat(catalog.routingColumns(VAULTS)).containsExactlyInAnyOrder("site_id", "id");
        assertThat(catalog.routingColumns(SOURCES)).containsExactlyInAnyOrder("site_id", "vault_id");
        assertThat(catalog.routingColumns(ANNOTATIONS)).containsExactlyInAnyOrder("site_id", "source_id");
        assertThat(catalog.routingColumns(VAULT_MEMBERS))
                .containsExactlyInAnyOrder("site_id", "vault_id", "user_id", "role");
    }

    @Test
    void columnsAreAllThatTheCatalogNamesAndNoOthers() {
        assertThat(catalog.columns(SOURCES))
                .containsExactlyInAnyOrder("site_id", "id", "vault_id", "title", "url", "created_at");
        assertThat(catalog.columns(LIVE_UPDATES))
                .containsExactlyInAnyOrder("site_id", "event_type", "collection", "slug", "item_id", "metadata");
        assertThat(catalog.columns(VAULT_MEMBERS)).isEqualTo(catalog.routingColumns(VAULT_MEMBERS));
    }

    @Test
    void columnsThatChildrenReachThroughTheirParentAreAmongTheParents() {
        // Given a parent that does not itself name the column its child reads
        Catalog reached = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels: {vault: {access: tenant}}
                tables:
                  public.sources: {entity: source}
                  public.annotations: {entity: annotation, parent: {table: public.sources, by: source_id},
                                       channels: ["vault:{parent.vault_id}"]}
                """);

        assertThat(reached.columns(SOURCES)).containsExactly("vault_id");
        assertThat(reached.routingColumns(SOURCES)).isEmpty();
    }

    @Test
    void aTableThatIsNotCapturedHasNoColumns() {
        TableName unknown = TableName.parse("public.unknown");

        assertThat(catalog.columns(unknown)).isEmpty();
        assertThat(catalog.routingColumns(unknown)).isEmpty();
    }

    @Test
    void aCatalogThatCodeBuildsIsHeldToTheSameRules() {
        TableRule orphan = new TableRule(
                SOURCES,
                Optional.of("source"),
                List.of(Template.of("vault:{id}")),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                false,
                Optional.empty());

        assertThatThrownBy(() -> new Catalog(
                        "app",
                        new Tenancy.Constant("default"),
                        Map.of(),
                        Map.of(orphan.table(), orphan),
                        Map.of(),
                        JournalLimits.DEFAULTS,
                        HighVolume.NONE,
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CATALOG_UNKNOWN_CHANNEL");
    }
}
