package dev.rowcast.standalone.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The start of the gateway from which its image keeps what was loaded.
class TrainingStartTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final String OUTPUT = "-XX:AOTCacheOutput=";

    private final ImageFile images = new ImageFile(HOME);

    @Test
    @DisplayName("It ends by itself and well, without any server")
    void itEndsByItself(@TempDir Path folder) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of("ROWCAST_PORT", "0", "ROWCAST_MANAGEMENT_PORT", "0"));
        List<String> words = images.run("gateway");
        words.stream()
                .takeWhile(word -> !word.equals("java"))
                .map(word -> word.split("=", 2))
                .forEach(setting -> environment.put(setting[0], setting[1]));
        environment.put(
                "ROWCAST_CATALOG", HOME.resolve("examples/vaults/rowcast.yaml").toString());
        // Class files in folders cannot be kept, so here nothing is.
        List<String> command = words.stream()
                .dropWhile(word -> !word.equals("java"))
                .filter(word -> !word.startsWith(OUTPUT))
                .toList();

        try (ServiceProcess start = ServiceProcess.start("training", command, environment, folder)) {
            assertThat(start.jvm().process().waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(start.jvm().process().exitValue()).isZero();
        }
    }

    @Test
    @DisplayName("What it keeps is what the image starts with, on the same class path")
    void whatItKeepsIsWhatTheImageStartsWith() {
        List<String> training = images.run("gateway");
        List<String> start = images.entryPoint("gateway");

        String kept = training.stream()
                .filter(word -> word.startsWith(OUTPUT))
                .findFirst()
                .orElseThrow();
        assertThat(start).contains(kept.replace("Output", ""));
        assertThat(training)
                .endsWith(start.subList(start.indexOf("-cp"), start.size()).toArray(String[]::new));
        assertThat(training).contains(start.get(1));
    }
}
