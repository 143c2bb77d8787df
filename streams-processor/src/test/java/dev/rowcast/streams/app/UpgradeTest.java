package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// State that an older build wrote is what this build goes on from. `stored/` has it, a file for each format there was,
/// the newest last. A format that changes fails here: let the new build read the old one too, and put what it writes
/// beside the others with `-Drowcast.record=2.txt`, or whatever number is next.
class UpgradeTest {

    private static final Path FOLDER = Path.of("src/test/resources/stored");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("What this build writes is what the newest file holds")
    void whatIsWrittenIsKnown() throws Exception {
        List<StoredRecord> written;
        try (EmbeddedParts parts = parts();
                UpgradeScenario scenario = new UpgradeScenario(parts)) {
            try (StreamsApp app = start(scenario)) {
                await().atMost(PATIENCE).until(app::ready);
                scenario.play();
                await().atMost(PATIENCE).until(scenario::isSettled);
            }
            written = scenario.changelogs();
        }
        String record = System.getProperty("rowcast.record");
        if (record != null) {
            StoredRecord.write(FOLDER.resolve(record), written);
        }

        assertThat(written).isEqualTo(StoredRecord.read(files().toList().getLast()));
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("After an upgrade whoever was subscribed is told what comes next")
    void anUpgradeGoesOn(Path file) throws Exception {
        try (EmbeddedParts parts = parts();
                UpgradeScenario scenario = new UpgradeScenario(parts)) {
            scenario.pretend(StoredRecord.read(file));
            try (StreamsApp app = start(scenario)) {
                scenario.goOn();

                await().atMost(PATIENCE).until(() -> scenario.received().size() >= 3);
                assertThat(scenario.received().stream().map(Delivery::getBody)).contains(new Attached(true));
                List<Frame> frames = scenario.received().stream()
                        .flatMap(
                                each -> each.getBody() instanceof Frames told ? told.getFrames().stream() : Stream.of())
                        .toList();
                assertThat(frames)
                        .anyMatch(frame -> frame.getChannels().contains(UpgradeScenario.VAULT.getName()))
                        .anyMatch(frame -> frame.getChannels().contains(UpgradeScenario.ROOM.getName()))
                        .anyMatch(frame -> frame.getPrincipals().contains(UpgradeScenario.ALICE));
            }
        }
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    private EmbeddedParts parts() {
        return EmbeddedParts.start(
                EmbeddedConfig.in(folder.resolve("parts"))
                        .withParts(EnumSet.of(Part.KAFKA, Part.REGISTRY))
                        .withKafkaSetting("broker.session.timeout.ms", "9000"),
                StartListener.SILENT);
    }

    private StreamsApp start(UpgradeScenario scenario) {
        return StreamsApp.start(scenario.config(folder.resolve("state")), new SimpleMeterRegistry());
    }
}
