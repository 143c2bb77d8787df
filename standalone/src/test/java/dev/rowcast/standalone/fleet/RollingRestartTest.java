package dev.rowcast.standalone.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.standalone.fleet.Wire.Transport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An update of the gateways as it is done in production: one after the other, behind a proxy, with everybody there.
class RollingRestartTest {

    private static final String TENANT = "north";
    private static final int ROOMS = 50;
    private static final int CLIENTS = Integer.getInteger("rowcast.clients", 500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /// What a busy machine may add to the time that a client was told to stay away.
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicLong longestExcessMs = new AtomicLong();
    private final List<String> surprises = Collections.synchronizedList(new ArrayList<>());
    private volatile long last = Long.MAX_VALUE;

    @Test
    @DisplayName("G-4: a rolling restart costs nobody a change, and nobody more time than it was told")
    void aRollingRestartCostsNobodyAChange(@TempDir Path folder) throws Exception {
        try (World world = World.start(folder, 2);
                Truth truth = new Truth(world);
                Proxy proxy = Proxy.start(folder, world.nodes())) {
            AtomicBoolean stopped = new AtomicBoolean();
            Thread log = Thread.ofPlatform().name("fleet-log").start(() -> write(truth, random.split(), stopped));
            world.nodes().forEach(GatewayNode::awaitReady);
            List<FleetClient> clients = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                FleetClient client =
                        new FleetClient("client-" + i, TENANT, Set.of("room:" + random.nextInt(ROOMS)), false);
                Transport transport = Transport.LASTING.get(i % Transport.LASTING.size());
                clients.add(client);
                SplittableRandom own = random.split();
                threads.add(Thread.ofVirtual().start(() -> live(client, transport, proxy.port(), own)));
            }
            awaitAll();

            List<Long> ends = new ArrayList<>();
            for (GatewayNode node : world.nodes()) {
                Duration end = node.terminate();
                assertThat(end).as("SIGTERM to the end").isLessThan(Duration.ofSeconds(15));
                ends.add(end.toMillis());
                node.launch().awaitReady();
                awaitAll();
            }

            stopped.set(true);
            log.join();
            last = truth.write(TENANT, ROOMS, Integer::toString).getFirst();
            truth.watermark();
            truth.flush();
            over.set(true);
            Awaitility.await("seed " + seed)
                    .atMost(PATIENCE)
                    .until(() -> threads.stream().noneMatch(Thread::isAlive));
            CursorCodec cursors = new CursorCodec(World.CURSOR_SECRET);
            Report.write(
                    RollingRestartTest.class,
                    "%d clients, %d times told to go, at most %d ms away longer than told, SIGTERM to the end %s ms (seed %d)"
                            .formatted(CLIENTS, told.get(), longestExcessMs.get(), ends, seed));
            assertThat(clients.stream()
                            .map(client -> client.problem(truth, cursors))
                            .flatMap(Optional::stream))
                    .as("seed " + seed)
                    .isEmpty();
            assertThat(clients.stream().mapToInt(FleetClient::resets).sum()).isZero();
            assertThat(surprises).as("seed " + seed).isEmpty();
            assertThat(told.get()).isGreaterThanOrEqualTo(CLIENTS);
            assertThat(longestExcessMs.get()).isLessThan(SLACK.toMillis());
        }
    }

    private void awaitAll() {
        Awaitility.await("seed " + seed)
                .atMost(PATIENCE)
                .failFast(() -> assertThat(surprises).isEmpty())
                .untilAsserted(() -> assertThat(connected.get()).isEqualTo(CLIENTS));
    }

    private static void write(Truth truth, SplittableRandom random, AtomicBoolean stopped) {
        long nextWatermark = System.nanoTime();
        while (!stopped.get()) {
            truth.write(TENANT, 1, row -> Integer.toString(random.nextInt(ROOMS)));
            if (System.nanoTime() > nextWatermark) {
                truth.watermark();
                nextWatermark = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            }
            FleetClient.pause(25);
        }
    }

    private void live(FleetClient client, Transport transport, int port, SplittableRandom random) {
        boolean first = true;
        long backNanos = 0;
        while (true) {
            boolean counted = false;
            boolean sentAway = false;
            try (Wire wire = Wire.open(transport, port, client.wish(), 0)) {
                while (true) {
                    String json = wire.next(20_000);
                    client.take(json);
                    String type = Frames.type(json);
                    if (type.equals("SUBSCRIBED")) {
                        counted = true;
                        connected.incrementAndGet();
                        if (!first) {
                            longestExcessMs.accumulateAndGet((System.nanoTime() - backNanos) / 1_000_000, Math::max);
                        }
                        first = false;
                    } else if (type.equals("GOAWAY")) {
                        sentAway = true;
                        told.incrementAndGet();
                    }
                    if (over.get() && client.newest() >= last + room(client)) {
                        return;
                    }
                }
            } catch (SocketTimeoutException e) {
                surprises.add(client + " heard nothing for 20 s");
                return;
            } catch (IOException e) {
                client.broke(e);
                if (counted && !sentAway) {
                    surprises.add(client + " was cut without GOAWAY");
                    return;
                }
            } catch (RuntimeException e) {
                surprises.add(client + ": " + e);
                return;
            } finally {
                if (counted) {
                    connected.decrementAndGet();
                }
            }
            client.forgetUnfinished();
            OptionalLong retryMs = client.retryMs();
            FleetClient.pause(retryMs.orElse(200 + random.nextInt(800)));
            if (sentAway) {
                backNanos = System.nanoTime();
            }
        }
    }

    private static int room(FleetClient client) {
        return Integer.parseInt(client.channels().iterator().next().substring("room:".length()));
    }
}
