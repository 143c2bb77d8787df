package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadRouteTest {

    private static Catalog catalog(String reads) {
        return Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels:
                  vault: {access: tenant}
                reads:
                  %s
                tables:
                  public.sources: {entity: source, channels: ["vault:{vault_id}"]}
                """.formatted(reads));
    }

    private static void refused(String reads, String reason) {
        assertThatThrownBy(() -> catalog(reads))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aPathIsMatchedByItsSegments() {
        Catalog catalog = catalog("\"/vault/{id}/sources\": {entity: source, channel: \"vault:{id}\", ttl: 60s}");
        ReadRoute route = catalog.reads().getFirst();

        assertThat(route.ttl()).contains(Duration.ofSeconds(60));
        assertThat(route.match(List.of("vault", "1", "sources"))).contains(Map.of("id", "1"));
        assertThat(route.match(List.of("vault", "1"))).isEmpty();
        assertThat(route.match(List.of("vault", "1", "files"))).isEmpty();
        assertThat(route.match(List.of("vault", "", "sources"))).isEmpty();
        assertThat(ReadRoute.filled("vault:{id}", Map.of("id", "$1\\"))).isEqualTo("vault:$1\\");
    }

    @Test
    void whatCannotBeReadIsRefused() {
        refused("\"/v1/{id}\": {entity: source, id: \"{id}\"}", "could be an address of the gateway's own");
        refused("\"/{id}\": {entity: source, id: \"{id}\"}", "could be an address of the gateway's own");
        refused("\"vault/{id}\": {entity: source, id: \"{id}\"}", "is no path");
        refused("\"/a/b{id}\": {entity: source, id: \"{id}\"}", "is no path");
        refused("\"/a/../{id}\": {entity: source, id: \"{id}\"}", "is no path");
        refused("\"/a/{id}\": {entity: source}", "has neither id nor channel");
        refused("\"/a/{id}\": {entity: source, id: \"{id}\", channel: \"vault:{id}\"}", "has both id and channel");
        refused("\"/a/{id}\": {entity: source, id: \"{other}\"}", "use each of them, and no other");
        refused("\"/a/{id}\": {entity: sauce, id: \"{id}\"}", "is the entity of no table; did you mean");
        refused("\"/a/{id}\": {entity: source, id: \"{id}\", ttl: 2h}", "is no time to live");
        refused("\"/a/{id}\": {entity: source, id: \"{id}\", ttl: 0s}", "is no time to live");
        refused("\"/a/{id}\": {entity: source, id: \"{id}\", tll: 60s}", "did you mean \"ttl\"");
    }
}
