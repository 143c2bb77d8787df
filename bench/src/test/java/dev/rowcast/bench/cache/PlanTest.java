package dev.rowcast.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlanTest {

    private static final long SECOND = 1_000_000_000L;

    private static Plan plan(String... options) {
        CacheCommand command = new CacheCommand();
        new CommandLine(command).parseArgs(options);
        return command.plan();
    }

    @Test
    @DisplayName("What is not said stays as it is, and what is said is done")
    void optionsMakeThePlan() {
        assertThat(plan()).isEqualTo(Plan.WHOLE);
        assertThat(plan("--quick")).isEqualTo(Plan.QUICK);
        Plan chosen = plan(
                "--quick",
                "--cells=LOAD,FAULTS",
                "--sides=ROWCAST",
                "--faults=PAUSED",
                "--reads=50",
                "--writes=5",
                "--rooms=10",
                "--callers=4",
                "--seconds=3",
                "--warm-up=0",
                "--rounds=2");
        assertThat(chosen)
                .isEqualTo(new Plan(
                        List.of(Cell.LOAD, Cell.FAULTS),
                        List.of(Side.ROWCAST),
                        List.of(Fault.PAUSED),
                        50,
                        5,
                        10,
                        Plan.QUICK.slowness(),
                        List.of(4),
                        Duration.ofSeconds(3),
                        Duration.ZERO,
                        2));
    }

    @Test
    @DisplayName("What cannot be measured is refused with the option and the value")
    void whatCannotBeMeasuredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan("--reads=60000"))
                .withMessage("--reads is 1 to 50,000, not 60,000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan("--callers=1,2000"))
                .withMessageContaining("--callers");
    }

    @Test
    @DisplayName("Medians of all rounds are told, and of what must not happen the worst")
    void mediansAndTheWorstAreTold() {
        List<Row> rows = List.of(row(1.5, 0), row(2.5, 3), row(250.4, 0));

        String text = new CacheReport(Plan.QUICK, new CacheBench.Result(0.5, rows, List.of("LOAD: no"))).text();

        assertThat(text)
                .startsWith("1,000 reads/s and 20 writes/s of 1,000 rooms")
                .contains("Rounds: 1. Load before: 0.50.")
                .contains("| who reads | p50 ms | stale > 2 s |")
                .contains("| Rowcast | 2.50 | 3 |")
                .endsWith("failed: LOAD: no");
    }

    private static Row row(double ms, double stale) {
        return Row.of(Cell.LOAD)
                .with("who reads", Side.ROWCAST.title())
                .measured("p50 ms", ms)
                .measured("stale > 2 s", stale);
    }

    @Test
    @DisplayName("The n-th room is asked for as often as 1/n")
    void roomsAreAskedForByRank() {
        Zipf zipf = new Zipf(3); // 6/11, 3/11, 2/11

        assertThat(zipf.at(0)).isZero();
        assertThat(zipf.at(6 / 11.0 - 0.001)).isZero();
        assertThat(zipf.at(6 / 11.0 + 0.001)).isEqualTo(1);
        assertThat(zipf.at(9 / 11.0 + 0.001)).isEqualTo(2);
        assertThat(zipf.at(Math.nextDown(1.0))).isEqualTo(2);
    }

    @Test
    @DisplayName("An answer is as old as the first commit that it lacks, if that was before the question")
    void answersAreAsOldAsWhatTheyLack() {
        History history = new History(2);
        history.committed(1, 10 * SECOND);
        history.committed(1, 20 * SECOND);

        assertThat(history.lackedNanos(1, 0, 25 * SECOND)).isEqualTo(15 * SECOND);
        assertThat(history.lackedNanos(1, 1, 25 * SECOND)).isEqualTo(5 * SECOND);
        assertThat(history.lackedNanos(1, 1, 15 * SECOND)).isZero();
        assertThat(history.lackedNanos(1, 2, 25 * SECOND)).isZero();
        assertThat(history.lackedNanos(1, 3, 25 * SECOND))
                .as("read before its writer was told")
                .isZero();
        assertThat(history.lackedNanos(0, 0, 25 * SECOND)).isZero();
    }
}
