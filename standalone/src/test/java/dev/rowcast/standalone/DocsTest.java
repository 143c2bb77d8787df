package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pages point to is there.
class DocsTest {

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)[^)]*\\)");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test(?:#\\w+)?)`");
    private static final Pattern VERB = Pattern.compile("\\./rowcast ([a-z]+)");
    private static final Set<String> OF_THE_SCRIPT = Set.of("test", "bench");

    static List<Path> pages() throws IOException {
        Path home = TestFolders.home();
        try (Stream<Path> docs = Files.walk(home.resolve("docs"));
                Stream<Path> examples = Files.walk(home.resolve("examples"))) {
            return Stream.of(
                            docs.filter(page -> page.toString().endsWith(".md")),
                            examples.filter(page -> page.toString().endsWith(".md")),
                            Stream.of(home.resolve("README.md"), home.resolve("CONTRIBUTING.md")))
                    .flatMap(each -> each)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) throws IOException {
        assertThat(found(LINK, page))
                .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyVerbIsOneOfTheCommand(Path page) throws IOException {
        assertThat(found(VERB, page))
                .filteredOn(verb -> !OF_THE_SCRIPT.contains(verb))
                .allSatisfy(
                        verb -> assertThat(CommandLineTest.run(verb, "--help").code())
                                .as(verb)
                                .isZero());
    }

    @Test
    void everyPageOfTheDocsIsInTheirIndex() throws IOException {
        Path docs = TestFolders.home().resolve("docs");
        List<String> listed = found(LINK, docs.resolve("README.md"));

        assertThat(pages())
                .filteredOn(page -> page.startsWith(docs) && !page.startsWith(docs.resolve("decisions")))
                .filteredOn(page -> !page.equals(docs.resolve("README.md")))
                .allSatisfy(page ->
                        assertThat(listed).contains(docs.relativize(page).toString()));
    }

    /// A class, or a class and one of its methods.
    @ParameterizedTest
    @MethodSource("pages")
    void everyTestThatIsNamedIsThere(Path page) throws IOException {
        List<Path> tests = tests();
        assertThat(found(TEST, page)).allSatisfy(named -> {
            String[] parts = named.split("#");
            assertThat(tests)
                    .filteredOn(test -> test.endsWith(parts[0] + ".java"))
                    .anySatisfy(test -> assertThat(Files.readString(test))
                            .contains(parts.length > 1 ? "void " + parts[1] + "(" : "class " + parts[0]));
        });
    }

    private static List<Path> tests() throws IOException {
        List<Path> tests = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(TestFolders.home(), Files::isDirectory)) {
            for (Path module : modules) {
                Path sources = module.resolve("src/test/java");
                if (Files.exists(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        files.filter(file -> file.toString().endsWith("Test.java"))
                                .forEach(tests::add);
                    }
                }
            }
        }
        return tests;
    }

    private static List<String> found(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page))
                .results()
                .map((MatchResult result) -> result.group(1))
                .distinct()
                .toList();
    }
}
