package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.yaml.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever is done to a file, the parser answers with a catalog or with problems, and with nothing else. jqwik
/// prints the seed of a failure.
class CatalogParserPropertyTest {
    /// What means something to YAML or to the format, put where it does not belong.
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            ",",
            "\n",
            "\n  ",
            "\"",
            "'",
            "#",
            "&a ",
            "*a",
            "!x ",
            "!!int ",
            "? ",
            "- ",
            "|",
            ">",
            "%",
            "@",
            "`",
            "~",
            "null",
            "true",
            "12",
            "2001-01-01",
            "<<: ",
            "---\n",
            "...\n",
            "\t",
            "\u0000",
            "\u0085",
            "\ud83d",
            "\uFEFF",
            "é",
            "{parent.",
            "rowcast.x",
            "vault:",
            "entity: ",
            "event: ",
            "parent: ");

    private final String sample = read();

    @Property(tries = 2000)
    void aMutatedFileIsParsedOrRefused(@ForAll("edits") List<Edit> edits) {
        StringBuilder text = new StringBuilder(sample);
        edits.forEach(edit -> edit.applyTo(text));

        parsesOrRefuses(text.toString());
    }

    @Property(tries = 1000)
    void linesInAnyOrderAreParsedOrRefused(@ForAll("shuffledLines") List<String> lines) {
        parsesOrRefuses(String.join("\n", lines));
    }

    @Property(tries = 1000)
    void anyTextIsParsedOrRefused(@ForAll("tokens") List<String> tokens) {
        parsesOrRefuses(String.join("", tokens));
    }

    @Provide
    Arbitrary<List<Edit>> edits() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, sample.length()),
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.of(TOKENS).list().ofMaxSize(2).map(tokens -> String.join("", tokens)))
                .as(Edit::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<String>> shuffledLines() {
        return Arbitraries.shuffle(sample.lines().toList());
    }

    @Provide
    Arbitrary<List<String>> tokens() {
        return Arbitraries.of(TOKENS).list().ofMaxSize(40);
    }

    /// Replaces some characters by a text.
    record Edit(int at, int removed, String inserted) {
        void applyTo(StringBuilder text) {
            int from = Math.min(at, text.length());
            text.replace(from, Math.min(from + removed, text.length()), inserted);
        }
    }

    /// Any other exception fails the property.
    private static void parsesOrRefuses(String yaml) {
        List<FileProblem> problems = new ArrayList<>();
        try {
            assertThat(Catalog.parse("rowcast.yaml", yaml).tables()).isNotEmpty();
        } catch (CatalogException e) {
            problems.addAll(e.problems());
            assertThat(problems).isNotEmpty();
        }
        long lines = yaml.codePoints().filter(c -> c == '\n' || c == 0x85).count() + 1;
        assertThat(problems).allSatisfy(problem -> {
            assertThat(problem.line()).isBetween(0, (int) lines);
            assertThat(problem.toString().lines()).hasSize(1);
        });
    }

    private static String read() {
        try {
            return Files.readString(Path.of("src/test/resources/catalog/vaults.yaml"));
        } catch (IOException e) {
            throw new IllegalStateException("The sample catalog cannot be read", e);
        }
    }
}
