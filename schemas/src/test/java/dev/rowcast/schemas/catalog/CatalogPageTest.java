package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page `docs/reference/catalog.md` and the catalogs that the repository shows say what the code does.
class CatalogPageTest {
    private static final Path PAGE = Path.of("../docs/reference/catalog.md");
    private static final Pattern CODE_ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([^|]*) \\|");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void thePageListsEveryCodeWithItsMeaningAndNoOther() throws IOException {
        List<String> documented = CODE_ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1) + ": " + row.group(2))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(Stream.concat(
                                Arrays.stream(CatalogCode.values()).map(code -> code.label() + ": " + code.meaning()),
                                Arrays.stream(DatabaseCode.values()).map(code -> code + ": " + code.meaning()))
                        .toList());
    }

    @Test
    void theExampleOfThePageIsACatalog() throws IOException {
        MatchResult example =
                YAML.matcher(Files.readString(PAGE)).results().findFirst().orElseThrow();

        assertThat(Catalog.parse("catalog.md", example.group(1)).tables()).hasSize(4);
    }

    @Test
    void theVaultsExampleIsACatalog() {
        Catalog catalog = Catalog.load(Path.of("../examples/vaults/rowcast.yaml"));

        assertThat(catalog.source()).isEqualTo("app");
        assertThat(catalog.entity("source")).isPresent();
    }
}
