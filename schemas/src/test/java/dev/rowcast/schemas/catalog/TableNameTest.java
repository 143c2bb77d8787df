package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {

    @Test
    void aNameIsReadAndWrittenAsSchemaDotTable() {
        TableName name = TableName.parse("public.sources");

        assertThat(name).isEqualTo(new TableName("public", "sources")).hasToString("public.sources");
    }

    @Test
    void caseIsKeptAsInPostgresCatalogs() {
        assertThat(TableName.parse("public.User")).isNotEqualTo(TableName.parse("public.user"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sources", ".sources", "public.", "a.b.c", "public.so urces", "public.\"x\"", "public.1a"})
    void whatIsNoTableNameIsRefused(String text) {
        assertThatThrownBy(() -> TableName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("[CATALOG_BAD_NAME]");
    }

    @Test
    void aNameOf63CharactersIsTakenAndOneOf64IsNot() {
        assertThat(new TableName("public", "x".repeat(63)).name()).hasSize(63);
        assertThatThrownBy(() -> new TableName("public", "x".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sqlQuotesOnlyWhereItMust() {
        assertThat(TableName.parse("public.sources").toSql()).isEqualTo("public.sources");
        assertThat(TableName.parse("public.order").toSql()).isEqualTo("public.\"order\"");
        assertThat(TableName.parse("Sales.User").toSql()).isEqualTo("\"Sales\".\"User\"");
    }
}
