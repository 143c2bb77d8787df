package dev.rowcast.streams.kill;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/// Three processors on a broker of their own, killed one after the other while changes come and listeners come and go;
/// then everybody must have been told what the log holds.
final class KillRound implements AutoCloseable {

    private static final int PROCESSORS = 3;
    private static final Duration BEGIN_WITHIN = Duration.ofMinutes(3);
    private static final Duration END_WITHIN = Duration.ofMinutes(2);
    private static final int SHORTEST_LIFE_MS = 2_500;
    private static final int LONGEST_LIFE_MS = 5_500;
    private static final int LONGEST_PAUSE_MS = 4_000;
    private static final int FIRST_STEPS_MS = 1_500;

    /// @param told what listeners were told
    /// @param dropped what came to them again
    /// @param resets how often one was told that it must refetch
    /// @param revoked how many listeners ended because their membership did
    record Result(int kills, int changes, int listeners, int told, int revoked, int dropped, int resets) {}

    private final long seed;
    private final Guarantee guarantee;
    private final Path folder;
    private final EmbeddedParts parts;
    private final TopicSerdes serdes;
    private final List<Instance> instances = new ArrayList<>();

    KillRound(long seed, Guarantee guarantee, Path folder) throws InterruptedException, ExecutionException {
        this.seed = seed;
        this.guarantee = guarantee;
        this.folder = folder;
        this.parts = EmbeddedParts.start(
                EmbeddedConfig.in(folder)
                        .withParts(EnumSet.of(Part.KAFKA, Part.REGISTRY))
                        .withKafkaSetting("broker.session.timeout.ms", "9000")
                        .withKafkaSetting("group.min.session.timeout.ms", "1000"),
                StartListener.SILENT);
        this.serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka()))) {
            admin.createTopics(Topics.all().stream()
                            .map(topic -> topic.toNewTopic((short) 1))
                            .toList())
                    .all()
                    .get();
        }
        serdes.register(Topics.CHANGES);
    }

    /// @throws AssertionError when somebody was told anything else than it must have been
    Result run(int kills) throws Exception {
        for (int i = 0; i < PROCESSORS; i++) {
            instances.add(start(i));
        }
        History history =
                new History(seed, kafka(), serdes.value(Topics.CHANGES).serializer());
        Thread writer = Thread.ofPlatform().name("history").start(history);
        try (Gateways gateways = new Gateways(seed + 1, kafka(), serdes)) {
            awaitFirstListener(gateways);
            kill(kills, gateways);
            history.end();
            writer.join();
            Truth truth = Truth.read(kafka(), serdes.value(Topics.CHANGES).deserializer());
            compare(gateways, truth);
            return result(kills, gateways.all(), truth);
        } finally {
            history.end();
            writer.join();
        }
    }

    private static void awaitFirstListener(Gateways gateways) {
        long deadline = System.nanoTime() + BEGIN_WITHIN.toNanos();
        while (gateways.all().stream().noneMatch(Listener::live)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("nobody is subscribed after " + BEGIN_WITHIN);
            }
            gateways.turn();
        }
    }

    /// One after the other; the killed one comes back after a while, under its name.
    private void kill(int kills, Gateways gateways) throws IOException, InterruptedException {
        Random random = new Random(seed + 2);
        for (int kill = 0; kill < kills; kill++) {
            listen(gateways, SHORTEST_LIFE_MS + random.nextInt(LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
            if (random.nextBoolean()) {
                // What it is told at first may be taken back.
                gateways.replaceOne();
                listen(gateways, random.nextInt(FIRST_STEPS_MS));
            }
            int victim = kill % PROCESSORS;
            instances.get(victim).kill();
            // Sometimes before anybody missed it, sometimes long after.
            listen(gateways, random.nextBoolean() ? 0 : random.nextInt(LONGEST_PAUSE_MS));
            instances.set(victim, start(victim));
        }
        listen(gateways, LONGEST_LIFE_MS);
    }

    private static void listen(Gateways gateways, int ms) {
        long end = System.nanoTime() + Duration.ofMillis(ms).toNanos();
        while (System.nanoTime() < end) {
            gateways.turn();
        }
    }

    private static void compare(Gateways gateways, Truth truth) {
        long deadline = System.nanoTime() + END_WITHIN.toNanos();
        List<String> wrong = wrong(gateways, truth);
        while (!wrong.isEmpty() && System.nanoTime() < deadline) {
            // What is late may still come.
            for (int i = 0; i < 50; i++) {
                gateways.read();
            }
            wrong = wrong(gateways, truth);
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError("%d of %d listeners are wrong, among them: %s"
                    .formatted(wrong.size(), gateways.all().size(), wrong.subList(0, Math.min(3, wrong.size()))));
        }
    }

    private static List<String> wrong(Gateways gateways, Truth truth) {
        return gateways.all().stream()
                .map(listener -> listener.compare(truth))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Result result(int kills, List<Listener> listeners, Truth truth) {
        return new Result(
                kills,
                truth.size(),
                listeners.size(),
                listeners.stream().mapToInt(Listener::told).sum(),
                (int) listeners.stream().filter(Listener::revoked).count(),
                listeners.stream().mapToInt(Listener::dropped).sum(),
                listeners.stream().mapToInt(Listener::resets).sum());
    }

    private Instance start(int number) throws IOException {
        return Instance.start(kafka(), parts.registry().url(), guarantee, folder.resolve("processor-" + number));
    }

    private String kafka() {
        return parts.kafka().bootstrapServers();
    }

    @Override
    public void close() {
        instances.forEach(Instance::endAnyhow);
        parts.close();
    }
}
