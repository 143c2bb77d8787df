package dev.rowcast.streams.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A short round by default; `-Drowcast.kills=50` makes a long one, `-Drowcast.seed=…` repeats one.
class TopologyKillTest {

    private static final Path REPORT = Path.of("target", "kill", "report.txt");
    private static final int SEEDS = 1_000_000_000;

    private final int kills = Integer.getInteger("rowcast.kills", 5);
    private final long seed = Long.getLong("rowcast.seed", System.nanoTime() % SEEDS);

    @TempDir
    private Path folder;

    @BeforeAll
    static void forgetTheLastReport() throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.deleteIfExists(REPORT);
    }

    @ParameterizedTest
    @EnumSource(Guarantee.class)
    @DisplayName("P2, P3, P4: whoever is killed, everybody is told what the log holds, in order, and nothing else")
    void everybodyIsToldWhatTheLogHolds(Guarantee guarantee) throws Exception {
        report("seed %d, %s, %d kills begins", seed, guarantee, kills);
        try (KillRound round = new KillRound(seed, guarantee, folder)) {
            KillRound.Result result = round.run(kills);
            report("seed %d, %s: %s", seed, guarantee, result);
            assertThat(result.told()).isPositive();
        } catch (AssertionError | Exception e) {
            report("seed %d, %s FAILED: %s", seed, guarantee, e);
            throw new AssertionError("seed %d: %s".formatted(seed, e), e);
        }
    }

    private static void report(String line, Object... values) throws IOException {
        String text = line.formatted(values) + "\n";
        System.out.print(text);
        Files.writeString(REPORT, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
