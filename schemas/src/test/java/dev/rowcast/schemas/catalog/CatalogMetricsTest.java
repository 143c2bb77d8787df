package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P5: processes whose catalogs evict differently have different fingerprints")
class CatalogMetricsTest {

    private static final String CATALOG = """
            source: app
            tenancy: {column: site_id}
            channels: {vault: {access: tenant}}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], evict: ["source:{id}", "vault:{vault_id}"]}
              public.notes: {entity: note, channels: ["vault:{vault_id}"], evict: ["note:{id}"]}
            """;

    @Test
    void whatEvictsTheSameHasTheSame() throws Exception {
        String reordered = """
                # Another order, other words, and a channel more.
                source: app
                tenancy: {column: site_id}
                channels: {vault: {access: tenant}, site: {access: tenant}}
                tables:
                  public.notes: {entity: remark, channels: ["vault:{vault_id}", "site:{site_id}"], evict: ["note:{id}"]}
                  public.sources: {entity: source, channels: ["vault:{vault_id}"], evict: ["vault:{vault_id}", "source:{id}"]}
                """;

        assertThat(fingerprint(reordered)).isEqualTo(fingerprint(CATALOG)).matches("[0-9a-f]{12}");
    }

    @Test
    void whatEvictsAnythingElseHasAnother() throws Exception {
        assertThat(fingerprint(CATALOG))
                .isNotEqualTo(fingerprint(CATALOG.replace("\"note:{id}\"", "\"note:{id}\", \"vault:{vault_id}\"")))
                .isNotEqualTo(fingerprint(CATALOG.replace("note:{id}", "remark:{id}")))
                .isNotEqualTo(fingerprint(CATALOG.replace("site_id", "tenant_id")))
                .isNotEqualTo(fingerprint(CATALOG.replace(", evict: [\"note:{id}\"]", "")))
                .isNotEqualTo(fingerprint(CATALOG.replace("{entity: note,", "{entity: note, insert-only: true,")));
    }

    private static String fingerprint(String catalog) throws CatalogException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        CatalogMetrics.bind(meters, "test", Catalog.parse("rowcast.yaml", catalog));
        return Objects.requireNonNull(
                meters.get("rowcast.catalog.info").gauge().getId().getTag("evicts"));
    }
}
