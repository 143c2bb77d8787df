package dev.rowcast.bench.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.rowcast.bench.processor.Guarantee;
import dev.rowcast.bench.topology.TopologyBench.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TopologyReportTest {

    @Test
    @DisplayName("Each cell is a table of its own, numbers to the right, and what failed is named")
    void eachCellIsATable() {
        Row one = Row.of(Cell.THROUGHPUT).with(Guarantee.AT_LEAST_ONCE).with("changes/s", 40_000L);
        Row other = Row.of(Cell.DELIVERY).with("p50 ms", 1.25);

        String text = new TopologyReport(new Result(List.of(one, other), List.of("Silence: no"))).text();

        assertThat(text).isEqualTo("""

                Changes/s of one task

                | guarantee | changes/s |
                |---|---:|
                | at least once | 40,000 |

                Delivery

                | p50 ms |
                |---:|
                | 1.3 |

                failed: Silence: no""");
    }

    @Test
    @DisplayName("A change that comes again counts once, and one that never comes is missing")
    void aChangeCountsOnce() throws InterruptedException {
        Delays delays = new Delays();
        delays.due(1, 0);
        delays.due(2, 0);

        delays.arrived(1, 5_000_000);
        delays.arrived(1, 900_000_000);
        delays.await(Duration.ZERO);

        assertThat(delays.ms(100)).isCloseTo(5, within(0.01));
        assertThat(delays.missing()).isOne();
    }

    @Test
    @DisplayName("A plan that cannot be measured is refused with the value")
    void aPlanThatCannotBeMeasuredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Plan(
                        List.of(Cell.SIZES),
                        List.of(Guarantee.EXACTLY_ONCE),
                        List.of(9),
                        List.of(1),
                        1_000,
                        1,
                        Duration.ofSeconds(1),
                        1_000,
                        List.of()))
                .withMessageContaining("[9]");
    }
}
