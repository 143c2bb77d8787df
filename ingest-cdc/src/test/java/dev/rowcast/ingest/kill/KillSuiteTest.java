package dev.rowcast.ingest.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// Rounds of faults. One short round by default; `-Drowcast.kills=100` makes as many long ones as that takes, and
/// the seeds that once failed come first. `-Drowcast.seed=…` repeats a round.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillSuiteTest {

    private static final Path REPORT = Path.of("target", "kill", "report.txt");
    private static final int SEEDS = 1_000_000_000;

    private final int kills = Integer.getInteger("rowcast.kills", 0);
    private final long seed = Long.getLong("rowcast.seed", System.nanoTime() % SEEDS);
    private final Plan plan = kills == 0 ? Plan.SHORT : Plan.LONG;
    private final Tally tally = new Tally();

    @TestFactory
    @DisplayName("P1: whatever is killed, crashed, stopped or paused, readers see the commit history")
    Stream<DynamicTest> readersSeeTheCommitHistory() throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.deleteIfExists(REPORT);
        return seeds().mapToObj(each -> DynamicTest.dynamicTest("seed " + each, () -> round(each)));
    }

    private LongStream seeds() throws IOException {
        if (kills == 0) {
            return LongStream.of(seed);
        }
        int rounds = (kills + plan.allKills() - 1) / plan.allKills();
        // A single round is somebody's repetition.
        return LongStream.concat(
                rounds == 1 ? LongStream.empty() : Seeds.failedOnce(), LongStream.range(seed, seed + rounds));
    }

    private void round(long each) throws IOException {
        report("seed %d begins: %s", each, plan);
        Path folder = folder();
        try (KillRound round = new KillRound(each, plan, folder, binaries())) {
            Tally done = round.run();
            tally.add(done);
            report("seed %d: %s", each, done);
        } catch (AssertionError | Exception e) {
            report("seed %d FAILED: %s", each, e);
            throw new AssertionError("seed %d: %s".formatted(each, e), e);
        } finally {
            delete(folder);
        }
    }

    @AfterAll
    void report() throws IOException {
        report("all rounds: %s", tally);
    }

    private static void report(String line, Object... values) throws IOException {
        Files.writeString(REPORT, line.formatted(values) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// Named like those of other tests, which clear what a killed run left.
    private static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("rowcast-test-");
        // Postgres may have to run as another user, who must get through.
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private static Path binaries() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("rowcast");
    }
}
