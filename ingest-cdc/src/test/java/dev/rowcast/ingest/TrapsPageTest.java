package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrapsPageTest {

    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*Test)(?:#(\\w+))?`");

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        Map<String, Path> files;
        try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
            files = sources.filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), Function.identity()));
        }

        List<String> missing = NAMED.matcher(World.file("../docs/reference/capture-traps.md"))
                .results()
                .filter(named -> !files.containsKey(named.group(1))
                        || named.group(2) != null
                                && !World.file(files.get(named.group(1)).toString())
                                        .contains("void " + named.group(2) + "("))
                .map(named -> named.group())
                .toList();

        assertThat(missing).isEmpty();
    }
}
