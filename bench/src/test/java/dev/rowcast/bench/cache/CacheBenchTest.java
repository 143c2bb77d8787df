package dev.rowcast.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheBenchTest {

    private static final int KINDS_OF_HITS = 4;
    private static final int KINDS_OF_LIMITS = 5;
    private static final int SIDES_WITH_FAULTS = 2;
    private static final Plan PLAN = new Plan(
            List.of(Cell.values()),
            List.of(Side.NONE, Side.LOOK_ASIDE, Side.ROWCAST),
            List.of(Fault.KILLED),
            100,
            10,
            50,
            new Rooms.Slowness(Duration.ofMillis(5), Duration.ofMillis(10)),
            List.of(2),
            Duration.ofSeconds(1),
            Duration.ZERO,
            1);

    @Test
    @DisplayName("Every cell ends by itself, nothing stale comes from Rowcast, and the figures fit together")
    void everyCellEnds(@TempDir Path folder) throws Exception {
        CacheBench.Result result = new CacheBench(PLAN, Path.of("..").toAbsolutePath(), folder, line -> {}).run();

        assertThat(result.problems()).isEmpty();
        assertThat(result.rows())
                .hasSize(KINDS_OF_HITS
                        + KINDS_OF_LIMITS
                        + PLAN.sides().size()
                        + SIDES_WITH_FAULTS * PLAN.faults().size());
        assertThat(result.rows()).allSatisfy(row -> {
            assertThat(row.measured().values()).allMatch(value -> Double.isFinite(value) && value >= 0);
            assertThat(row.measured().getOrDefault("failed", 0.0)).isZero();
        });
        assertThat(of(result, Cell.HITS)).allMatch(row -> value(row, "a second") > 0);
        assertThat(of(result, Cell.LIMITS)).allSatisfy(row -> {
            assertThat(value(row, "a second")).isPositive();
            assertThat(value(row, "otherwise")).isZero();
        });
        assertThat(of(result, Cell.LOAD)).allSatisfy(row -> {
            assertThat(value(row, "reads")).isEqualTo(PLAN.readsPerSecond());
            assertThat(value(row, "p50 ms")).isLessThanOrEqualTo(value(row, "p99 ms"));
        });
        Row none = of(result, Cell.LOAD, Side.NONE);
        assertThat(value(none, "of the database")).isEqualTo(value(none, "reads"));
        assertThat(value(none, "oldest s")).isZero();
        Row ours = of(result, Cell.LOAD, Side.ROWCAST);
        assertThat(value(ours, "of the database")).isLessThan(value(ours, "reads"));
        assertThat(value(ours, "stale > 2 s")).isZero();
        assertThat(new CacheReport(PLAN, result).text())
                .contains("| Rowcast, L1 | 2 |", "| plain GET | 2 |", "| killed, and started again | Rowcast |");
    }

    private static double value(Row row, String title) {
        return Objects.requireNonNull(row.measured().get(title), title);
    }

    private static List<Row> of(CacheBench.Result result, Cell cell) {
        return result.rows().stream().filter(row -> row.cell() == cell).toList();
    }

    private static Row of(CacheBench.Result result, Cell cell, Side side) {
        return of(result, cell).stream()
                .filter(row -> row.what().containsValue(side.title()))
                .findFirst()
                .orElseThrow();
    }
}
