package dev.rowcast.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Listening;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FanoutBenchTest {

    private static final int CLIENTS = 20;
    /// Cells that a bare server is measured in as well.
    private static final int WITH_BARE = 2;
    private static final Duration SHORT = Duration.ofSeconds(1);
    /// Small, and without holding the JVM of the tests to one processor.
    private static final Plan PLAN = new Plan(
            List.of(Cell.values()),
            List.of(Transport.values()),
            FeedKind.DELIVERIES,
            40,
            CLIENTS,
            List.of(100),
            List.of(8),
            CLIENTS,
            SHORT,
            Duration.ZERO,
            1,
            false,
            true,
            List.of());

    @Test
    @DisplayName("Every cell ends by itself, nothing is lost, and the figures fit together")
    void everyCellEnds(@TempDir Path folder) throws Exception {
        FanoutBench.Result result = new FanoutBench(PLAN, folder, line -> {}).run();

        assertThat(result.problems()).isEmpty();
        assertThat(result.rows()).hasSize((Cell.values().length + WITH_BARE) * Transport.values().length);
        for (Row row : result.rows()) {
            assertThat(row.measured().values()).as("%s", row).allMatch(Double::isFinite);
            assertThat(row.measured().getOrDefault("lost", 0.0)).as("%s", row).isZero();
            assertThat(row.measured().getOrDefault("twice", 0.0)).as("%s", row).isZero();
            assertThat(row.measured().getOrDefault("late", 0.0)).as("%s", row).isZero();
            if (row.measured().containsKey("worst ms")) {
                assertThat(value(row, "p50 ms")).isPositive().isLessThanOrEqualTo(value(row, "p99 ms"));
                assertThat(value(row, "p99 ms")).isLessThanOrEqualTo(value(row, "worst ms"));
            }
        }
        assertThat(of(result, Cell.PEAK)).allMatch(row -> value(row, "deliveries/s") > CLIENTS);
        assertThat(of(result, Cell.IDLE)).allMatch(row -> value(row, "still connected") == CLIENTS);
        assertThat(of(result, Cell.STORM)).allMatch(row -> value(row, "clients/s") > 0);
        assertThat(new FanoutReport(PLAN, result).text())
                .contains(
                        "Deliveries: ready-made.",
                        "on all processors",
                        "| Rowcast | SSE | 100 | 40 | 20 |",
                        "| bare Netty | SSE | 100 | 40 | 20 |");
    }

    private static double value(Row row, String title) {
        return Objects.requireNonNull(row.measured().get(title), title);
    }

    private static List<Row> of(FanoutBench.Result result, Cell cell) {
        return result.rows().stream().filter(row -> row.cell() == cell).toList();
    }

    @Test
    @DisplayName("Each client of a real gateway notices messages that do not come, and none when all come")
    void eachClientNoticesAGap(@TempDir Path folder) throws Exception {
        try (GatewayStand stand = GatewayStand.start(folder, PLAN)) {
            Feed feed = stand.feed();
            for (Transport transport : Transport.values()) {
                Listening whole = feed.listening("acme", 1);
                Listening gap = new Listening(1, whole.name(), whole.next() - 3);
                try (Crowd crowd = stand.crowd(transport, "acme", CLIENTS, client -> List.of(whole));
                        Crowd missing = stand.crowd(transport, "acme", CLIENTS, client -> List.of(gap))) {
                    crowd.connect(CLIENTS, Crowd.CONNECT_WITHIN);
                    missing.connect(CLIENTS, Crowd.CONNECT_WITHIN);
                    for (int i = 0; i < 5; i++) {
                        feed.publish("acme", 1, Mark.nowUs(), 2_000);
                    }
                    crowd.await(5 * CLIENTS, Crowd.STRAGGLERS);
                    missing.await(5 * CLIENTS, Crowd.STRAGGLERS);

                    Counts counts = crowd.counts(channel -> feed.next("acme", channel));
                    assertThat(counts.received()).isEqualTo(5 * CLIENTS);
                    assertThat(counts.isWhole()).isTrue();
                    assertThat(missing.counts(channel -> feed.next("acme", channel))
                                    .lost())
                            .isEqualTo(3 * CLIENTS);
                    assertThat(crowd.counts(channel -> feed.next("acme", channel) + 2)
                                    .lost())
                            .isEqualTo(2 * CLIENTS);
                }
            }
        }
    }

    @Test
    @DisplayName("Clients of a gateway that runs count what comes")
    void clientsOfARunningGatewayCount(@TempDir Path folder) throws Exception {
        try (GatewayStand stand = GatewayStand.start(folder, PLAN)) {
            InetSocketAddress at = stand.gateway().address();
            List<String> said = new ArrayList<>();
            Watch watch = new Watch(
                    "http://127.0.0.1:" + at.getPort(),
                    Transport.SSE,
                    stand.credential("acme", 1),
                    List.of(Feed.name(1)),
                    CLIENTS,
                    said::add);
            CompletableFuture<Row> watching = CompletableFuture.supplyAsync(() -> {
                try {
                    return watch.run(Duration.ofSeconds(6));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (!watching.isDone()) {
                Pacer.run(20, SHORT, due -> stand.feed().publish("acme", 1, due, 100));
            }

            Row row = watching.get();

            assertThat(said.getFirst()).startsWith("20 clients are subscribed");
            assertThat(value(row, "connected")).isEqualTo(CLIENTS);
            assertThat(value(row, "messages")).isGreaterThan(50.0 * CLIENTS);
            assertThat(row.measured()).doesNotContainKey("p50 ms").containsEntry("connected again", 0.0);
        }
    }
}
