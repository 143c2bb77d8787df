package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    @Test
    void columnsAreReplacedByTheirValues() {
        Template template = Template.of("vault:{vault_id}:sources");

        assertThat(template.render(row(Map.of("vault_id", "42")))).contains("vault:42:sources");
    }

    @Test
    void aTemplateMayBeAColumnAlone() {
        assertThat(Template.of("{event_type}").render(row(Map.of("event_type", "content.published"))))
                .contains("content.published");
    }

    @Test
    void aTemplateMayBeTextAlone() {
        assertThat(Template.of("home").render(row(Map.of()))).contains("home");
    }

    @Test
    void anAbsentColumnRendersNothing() {
        assertThat(Template.of("vault:{id}:{page}").render(row(Map.of("id", "1"))))
                .isEmpty();
    }

    @Test
    void aValueIsNeverReadAsATemplate() {
        assertThat(Template.of("vault:{id}").render(row(Map.of("id", "{secret}", "secret", "x"))))
                .contains("vault:{secret}");
    }

    @Test
    void parentColumnsComeFromTheParent() {
        // Given a row and a parent with a column of the same name
        Template template = Template.of("vault:{parent.id}:{id}");

        Optional<String> rendered = template.render(row(Map.of("id", "child")), row(Map.of("id", "parent")));

        assertThat(rendered).contains("vault:parent:child");
    }

    @Test
    void withoutAParentItsColumnsAreAbsent() {
        assertThat(Template.of("vault:{parent.id}").render(row(Map.of("id", "1", "parent.id", "1"))))
                .isEmpty();
    }

    @Test
    void columnsAndParentColumnsAreListedOnceInOrder() {
        Template template = Template.of("{b}:{a}:{b}:{parent.z}:{parent.y}");

        assertThat(template.columns()).containsExactly("b", "a");
        assertThat(template.parentColumns()).containsExactly("z", "y");
    }

    @Test
    void aColumnMayBeCalledParent() {
        assertThat(Template.of("tree:{parent}").columns()).containsExactly("parent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vault:{id}", "{a}{b}", "plain", "x:{parent.a}:y"})
    void aTemplateIsWrittenAsItWasRead(String text) {
        assertThat(Template.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "vault:{id",
                "vault:id}",
                "vault:{}",
                "vault:{{id}}",
                "vault:{a b}",
                "vault:{parent.}",
                "vault:{parent.a.b}",
                "vault:{other.a}",
                "vault: {id}",
                "vault:\n{id}",
                "vault:\u0000"
            })
    void whatIsNoTemplateIsRefused(String text) {
        assertThatThrownBy(() -> Template.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("[CATALOG_BAD_TEMPLATE]");
    }

    @Test
    void aTemplateOf256CharactersIsTakenAndOneOf257IsNot() {
        assertThat(Template.of("x".repeat(256)).render(row(Map.of()))).isPresent();
        assertThatThrownBy(() -> Template.of("x".repeat(257))).hasMessageContaining("has 257 characters");
    }

    private static Function<String, Optional<String>> row(Map<String, String> values) {
        return column -> Optional.ofNullable(values.get(column));
    }
}
