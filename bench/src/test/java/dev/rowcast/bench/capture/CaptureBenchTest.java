package dev.rowcast.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureBenchTest {

    @Test
    void everyScenarioEndsByItselfWithEveryRowOnBothSides(@TempDir Path folder) throws Exception {
        Plan plan = new Plan(
                List.of(Side.ROWCAST, Side.CONNECT_ONCE), List.of(Shape.values()), 400, 1, 1, 1, 2, 200, 3, true);

        Result result = new CaptureBench(plan, Path.of("..").toAbsolutePath(), folder, line -> {}).run();

        assertThat(result.problems()).isEmpty();
        assertThat(result.throughput().trials()).hasSize(2 * Shape.values().length * Mode.values().length);
        assertThat(result.throughput().trials()).allMatch(Trial::whole);
        assertThat(result.delays()).hasSize(3).allMatch(delay -> delay.got() == delay.sent());
        assertThat(result.outage())
                .hasValueSatisfying(
                        seen -> assertThat(seen.got()).isEqualTo(seen.sent()).isGreaterThan(0));
        assertThat(new CaptureReport(plan, result).text()).contains("× ", "Kafka away for 2 s under 200 rows/s");
    }
}
