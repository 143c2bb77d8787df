package dev.rowcast.schemas.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FilterRulesTest {

    private final FilterRules rules = new FilterRules(catalog());

    private static Catalog catalog() {
        try {
            return Catalog.parse("test.yaml", """
                    source: app
                    tenancy: {constant: default}
                    channels:
                      vault: {access: tenant}
                      site: {access: tenant}
                    tables:
                      public.vaults:  {entity: vault, channels: ["vault:{id}"]}
                      public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, title]}
                      public.files:   {entity: file, channels: ["vault:{vault_id}"], deliver: [id, size]}
                      public.pages:   {entity: page, channels: ["site:{id}"], deliver: [id, path]}
                    """);
        } catch (CatalogException e) {
            throw new AssertionError(e);
        }
    }

    private String problem(String filter, String channel) throws FilterException {
        return rules.problem(Filter.parse(filter), channel).orElse("");
    }

    @Test
    @DisplayName("columns that one table of the channel type delivers may be asked for")
    void allowed() throws FilterException {
        assertThat(problem("title=eq.x,id=gt.1", "vault:1")).isEmpty();
        assertThat(problem("path=eq.x", "site:1")).isEmpty();
    }

    @Test
    @DisplayName("a column that no table of the channel type delivers is named")
    void notDelivered() throws FilterException {
        assertThat(problem("path=eq.x", "vault:1"))
                .isEqualTo("No table of channel type 'vault' delivers the column 'path';"
                        + " filter on columns that `deliver` names.");
        assertThat(problem("vault_id=eq.1", "vault:1")).contains("'vault_id'");
    }

    @Test
    @DisplayName("columns of two tables together would never pass")
    void twoTables() throws FilterException {
        assertThat(problem("title=eq.x,size=gt.1", "vault:1")).contains("all columns of the filter (size, title)");
        assertThat(problem("or=(title.eq.x,size.gt.1)", "vault:1")).contains("all columns");
    }

    @Test
    @DisplayName("a channel of no known type has no problem, because whether it exists is not told")
    void unknownType() throws FilterException {
        assertThat(problem("title=eq.x", "nothing:1")).isEmpty();
    }
}
