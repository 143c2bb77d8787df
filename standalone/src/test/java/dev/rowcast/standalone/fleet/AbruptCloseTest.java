package dev.rowcast.standalone.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.standalone.fleet.Wire.Transport;
import dev.rowcast.standalone.fleet.Wire.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of clients that vanish at once.
class AbruptCloseTest {

    private static final int CLIENTS = Integer.getInteger("rowcast.clients", 1_000);
    /// Beside these; they wait for no longer than they have to arrive.
    private static final int POLLS = CLIENTS / 20;

    private static final Duration ARRIVED_WITHIN = Duration.ofSeconds(20);
    private static final Duration GONE_WITHIN = Duration.ofSeconds(45);
    /// Connections to Kafka come and go.
    private static final int OTHER_FILES = 20;

    @Test
    @DisplayName("G-1: of clients that vanish no session, subscription, buffer or file descriptor is left after 45 s")
    void nothingIsLeftOfClientsThatVanish(@TempDir Path folder) throws Exception {
        try (World world = World.startWatched(folder, 1);
                Truth truth = new Truth(world);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            GatewayNode node = world.nodes().getFirst();
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                truth.watermark();
                return node.isReady();
            });
            // What is made once and kept is made by the first clients.
            for (Wire wire : connect(threads, node, 50)) {
                wire.abort();
            }
            Awaitility.await()
                    .atMost(GONE_WITHIN)
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> metric(node, "rowcast_connections") == 0);
            long filesBefore = node.openFiles();

            List<Wire> wires = connect(threads, node, CLIENTS);
            wires.addAll(poll(node, POLLS));
            Awaitility.await()
                    .atMost(ARRIVED_WITHIN)
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .untilAsserted(() -> {
                        assertThat(metric(node, "rowcast_connections")).isEqualTo(CLIENTS + POLLS);
                        assertThat(metric(node, "rowcast_subscriptions")).isEqualTo(CLIENTS + POLLS);
                    });
            // Connections that the node had before may have ended meanwhile.
            assertThat(node.openFiles()).isGreaterThan(filesBefore + CLIENTS + POLLS - OTHER_FILES);
            long filesWithAll = node.openFiles();
            long vanished = System.nanoTime();
            for (Wire wire : wires) {
                wire.abort();
            }

            Awaitility.await()
                    .atMost(GONE_WITHIN)
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .untilAsserted(() -> {
                        assertThat(metric(node, "rowcast_connections")).isZero();
                        assertThat(metric(node, "rowcast_subscriptions")).isZero();
                        assertThat(node.openFiles()).isLessThan(filesBefore + OTHER_FILES);
                    });
            Report.write(
                    AbruptCloseTest.class,
                    "%d streams and sockets and %d polls, files %d, %d, %d; nothing left after %d ms"
                            .formatted(
                                    CLIENTS,
                                    POLLS,
                                    filesBefore,
                                    filesWithAll,
                                    node.openFiles(),
                                    Duration.ofNanos(System.nanoTime() - vanished)
                                            .toMillis()));
            assertThat(node.output()).doesNotContain("LEAK");
        }
    }

    private static List<Wire> connect(ExecutorService threads, GatewayNode node, int count) throws Exception {
        List<Future<Wire>> opening = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            opening.add(threads.submit(() -> subscribed(node, number)));
        }
        List<Wire> wires = new ArrayList<>();
        for (Future<Wire> each : opening) {
            wires.add(each.get());
        }
        return wires;
    }

    /// Polls that wait for news.
    private static List<Wire> poll(GatewayNode node, int count) throws IOException {
        Wish first = new Wish(World.token("poller", "north"), Set.of("room:0"), false, Optional.empty());
        Optional<String> cursor = Optional.empty();
        try (Wire wire = Wire.open(Transport.POLL, node.port(), first, 0)) {
            while (cursor.isEmpty()) {
                cursor = Frames.cursor(wire.next(60_000));
            }
        }
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Wish wish = new Wish(World.token("poller-" + i, "north"), Set.of("room:0"), false, cursor);
            wires.add(Wire.open(Transport.POLL, node.port(), wish, 0));
        }
        return wires;
    }

    private static Wire subscribed(GatewayNode node, int number) throws IOException {
        Wire wire = Wire.open(
                Transport.LASTING.get(number % Transport.LASTING.size()),
                node.port(),
                new Wish(
                        World.token("client-" + number, "north"),
                        Set.of("room:" + number % 100),
                        false,
                        Optional.empty()),
                0);
        while (!Frames.type(wire.next(60_000)).equals("SUBSCRIBED")) {
            // WELCOME.
        }
        return wire;
    }

    private static double metric(GatewayNode node, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? ([0-9.E]+)$")
                .matcher(node.managed("/actuator/prometheus"));
        if (!matcher.find()) {
            throw new AssertionError("there is no metric " + name);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
