package dev.rowcast.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static Plan plan(int subscribers, int bytes) {
        return new Plan(
                List.of(Cell.OPEN),
                List.of(Transport.SSE),
                FeedKind.DELIVERIES,
                40,
                subscribers,
                List.of(bytes),
                List.of(8),
                100,
                Duration.ofSeconds(1),
                Duration.ZERO,
                1,
                false,
                false,
                List.of());
    }

    @Test
    @DisplayName("What cannot be measured is refused with the option and the value")
    void whatCannotBeMeasuredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(50_000, 100))
                .withMessageContaining("--subscribers")
                .withMessageContaining("50,000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(10, 20))
                .withMessageContaining("--bytes")
                .withMessageContaining("20");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Watch.address("https://example.com"))
                .withMessageContaining("without TLS");
    }

    @Test
    @DisplayName("The medians of all rounds are told, with as many decimals as say something")
    void mediansAreTold() {
        Row one = row(1.234).measured(Row.DRIVER, 95);
        Row two = row(250.6).measured(Row.DRIVER, 97);
        Row three = row(33.33).measured(Row.DRIVER, 20);

        String text = new FanoutReport(
                        plan(10, 100), new FanoutBench.Result(true, 0.5, List.of(one, two, three), List.of("OPEN: no")))
                .text();

        assertThat(text)
                .startsWith("Deliveries: ready-made. Gateway: alone on one processor. Rounds: 1. Load before: 0.50.")
                .contains("| transport | p50 ms | driver % | limit |")
                .contains("| SSE | 33.3 | 95 | driver-bound |")
                .endsWith("failed: OPEN: no");
    }

    private static Row row(double ms) {
        return Row.of(Cell.OPEN).with("transport", "SSE").measured("p50 ms", ms);
    }
}
