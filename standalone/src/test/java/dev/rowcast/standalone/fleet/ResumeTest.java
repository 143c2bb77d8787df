package dev.rowcast.standalone.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.standalone.fleet.Wire.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that change node and transport at random while nodes are killed, the log forgets and readers are slow.
class ResumeTest {

    private static final List<String> TENANTS = List.of("north", "south");
    private static final int ROOMS = 10;
    private static final int CLIENTS = Integer.getInteger("rowcast.clients", 300);
    private static final Duration LASTS = Duration.ofSeconds(Long.getLong("rowcast.seconds", 20));
    private static final Duration FINISH_WITHIN = Duration.ofMinutes(5);

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final CursorCodec cursors = new CursorCodec(World.CURSOR_SECRET);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private int kills;
    private int trims;
    private final List<String> surprises = Collections.synchronizedList(new ArrayList<>());

    @Test
    @DisplayName("P3: whatever client, node and network do, each client has the log's sequence, or was told a RESET")
    void eachClientHasTheLogsSequenceOrWasToldAReset(@TempDir Path folder) throws Exception {
        try (World world = World.start(folder, 2);
                Truth truth = new Truth(world)) {
            Thread log = Thread.ofPlatform().name("fleet-log").start(() -> write(truth, random.split()));
            world.nodes().forEach(GatewayNode::awaitReady);
            List<FleetClient> clients = clients();
            List<Thread> threads = new ArrayList<>();
            for (FleetClient client : clients) {
                SplittableRandom own = random.split();
                threads.add(Thread.ofVirtual().start(() -> live(client, world, truth, own)));
            }

            disturb(world, random.split());

            stopped.set(true);
            log.join();
            finish(truth);
            long finished = System.nanoTime();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(500))
                    .atMost(FINISH_WITHIN)
                    .failFast("seed " + seed, () -> assertThat(surprises).isEmpty())
                    .untilAsserted(() -> {
                        truth.watermark();
                        assertThat(clients.stream()
                                        .filter(client -> !isDone(client, truth))
                                        .map(FleetClient::state))
                                .as("seed " + seed)
                                .isEmpty();
                    });
            for (Thread thread : threads) {
                thread.join();
            }
            List<String> problems = clients.stream()
                    .map(client -> client.problem(truth, cursors))
                    .flatMap(Optional::stream)
                    .toList();
            Report.write(
                    ResumeTest.class,
                    "%d clients, %d connections, %d nodes killed, %d times the log forgot, %d clients told a RESET, %d times not ready, all had everything %d s after the last change, %d wrong (seed %d)"
                            .formatted(
                                    CLIENTS,
                                    connections.get(),
                                    kills,
                                    trims,
                                    clients.stream()
                                            .filter(client -> client.resets() > 0)
                                            .count(),
                                    clients.stream()
                                            .mapToInt(FleetClient::unready)
                                            .sum(),
                                    Duration.ofNanos(System.nanoTime() - finished)
                                            .toSeconds(),
                                    problems.size(),
                                    seed));
            assertThat(problems).as("seed " + seed).isEmpty();
            assertThat(surprises).as("seed " + seed).isEmpty();
            assertThat(connections.get()).as("seed " + seed).isGreaterThan(2 * CLIENTS);
        } finally {
            stopped.set(true);
            over.set(true);
        }
    }

    private List<FleetClient> clients() {
        List<FleetClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Set<String> channels = new HashSet<>();
            int count = 1 + random.nextInt(3);
            while (channels.size() < count) {
                channels.add("room:" + random.nextInt(ROOMS));
            }
            clients.add(
                    new FleetClient("client-" + i, TENANTS.get(i % TENANTS.size()), channels, random.nextInt(4) == 0));
        }
        return clients;
    }

    /// A few transactions at a time, and now and then very many.
    private void write(Truth truth, SplittableRandom random) {
        long nextWatermark = System.nanoTime();
        while (!stopped.get()) {
            int transactions = random.nextInt(120) == 0 ? 800 : 1;
            String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
            for (int i = 0; i < transactions; i++) {
                truth.write(tenant, 1 + random.nextInt(3), row -> Integer.toString(random.nextInt(ROOMS)));
            }
            if (System.nanoTime() > nextWatermark) {
                truth.watermark();
                nextWatermark = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            }
            FleetClient.pause(20 + random.nextInt(40));
        }
    }

    /// Kills nodes and trims the log, one after the other; each at least once, however long a node takes to start.
    private void disturb(World world, SplittableRandom random) throws Exception {
        long end = System.nanoTime() + LASTS.toNanos();
        for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
            FleetClient.pause(2_000 + random.nextInt(3_000));
            if (i % 3 == 2) {
                world.trim();
                trims++;
            } else {
                GatewayNode node =
                        world.nodes().get(random.nextInt(world.nodes().size()));
                node.kill();
                kills++;
                node.launch().awaitReady();
            }
        }
    }

    /// One more row in every room, so that everybody knows when it has everything.
    private void finish(Truth truth) {
        for (String tenant : TENANTS) {
            last.put(tenant, truth.write(tenant, ROOMS, Integer::toString).getFirst());
        }
        truth.watermark();
        truth.flush();
        over.set(true);
    }

    private void live(FleetClient client, World world, Truth truth, SplittableRandom random) {
        while (!isDone(client, truth)) {
            GatewayNode node = world.nodes().get(random.nextInt(world.nodes().size()));
            Transport transport = Transport.values()[random.nextInt(Transport.values().length)];
            boolean slow = !over.get() && random.nextInt(20) == 0;
            try (Wire wire = Wire.open(transport, node.port(), client.wish(), slow ? 4096 : 0)) {
                connections.incrementAndGet();
                read(client, wire, truth, random, slow);
                if (random.nextBoolean()) {
                    wire.abort();
                }
            } catch (IOException e) {
                // The node is gone, or the time is over: both are what this is about.
                client.broke(e);
                FleetClient.pause(client.retryMs().orElse(50 + random.nextInt(400)));
            } catch (RuntimeException e) {
                surprises.add(client.state() + ": " + e);
                return;
            }
            client.forgetUnfinished();
        }
    }

    private void read(FleetClient client, Wire wire, Truth truth, SplittableRandom random, boolean slow)
            throws IOException {
        long until = System.nanoTime()
                + Duration.ofMillis(2_000 + random.nextInt(10_000)).toNanos();
        while (!isDone(client, truth)) {
            long left = over.get() ? 40_000 : (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            client.take(wire.next((int) left));
            if (slow && !over.get() && random.nextInt(20) == 0) {
                FleetClient.pause(random.nextInt(8_000));
            }
        }
    }

    private boolean isDone(FleetClient client, Truth truth) {
        Long first = last.get(client.tenant());
        if (!over.get() || first == null) {
            return false;
        }
        long mine = IntStream.range(0, ROOMS)
                .filter(room -> client.channels().contains("room:" + room))
                .max()
                .orElseThrow();
        return client.isAt(first + mine, truth, cursors);
    }
}
