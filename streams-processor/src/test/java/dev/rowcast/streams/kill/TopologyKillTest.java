package dev.rowcast.streams.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A short round by default; `-Drowcast.kills=50` makes a long one, after shorter ones of the seeds that once failed.
/// `-Drowcast.seed=…` repeats one.
class TopologyKillTest {

    private static final Path REPORT = Path.of("target", "kill", "report.txt");
    private static final int SEEDS = 1_000_000_000;

    private static final int SHORT = 5;
    private static final int REPETITION = 20;

    private static final int KILLS = Integer.getInteger("rowcast.kills", SHORT);

    @TempDir
    private Path folder;

    private record Round(Guarantee guarantee, long seed, int kills) {
        @Override
        public String toString() {
            return "seed %d, %s, %d kills".formatted(seed, guarantee, kills);
        }
    }

    private static Stream<Round> rounds() throws IOException {
        Long asked = Long.getLong("rowcast.seed");
        // A seed that is named is somebody's repetition.
        LongStream repeated = KILLS == SHORT || asked != null ? LongStream.empty() : Seeds.failedOnce();
        long seed = asked == null ? System.nanoTime() % SEEDS : asked;
        return Stream.concat(
                repeated.mapToObj(each -> both(each, Math.min(REPETITION, KILLS)))
                        .flatMap(each -> each),
                both(seed, KILLS));
    }

    private static Stream<Round> both(long seed, int kills) {
        return Stream.of(Guarantee.values()).map(guarantee -> new Round(guarantee, seed, kills));
    }

    @BeforeAll
    static void forgetTheLastReport() throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.deleteIfExists(REPORT);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    @DisplayName(
            "P2, P3, P4, P9: whoever is killed, everybody is told what the log holds, whole, in order, and nothing else")
    void everybodyIsToldWhatTheLogHolds(Round each) throws Exception {
        report("%s begins", each);
        try (KillRound round = new KillRound(each.seed(), each.guarantee(), folder)) {
            KillRound.Result result = round.run(each.kills());
            report("%s: %s", each, result);
            assertThat(result.told()).isPositive();
        } catch (AssertionError | Exception e) {
            report("%s FAILED: %s", each, e);
            throw new AssertionError("%s: %s".formatted(each, e), e);
        }
    }

    private static void report(String line, Object... values) throws IOException {
        String text = line.formatted(values) + "\n";
        System.out.print(text);
        Files.writeString(REPORT, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
