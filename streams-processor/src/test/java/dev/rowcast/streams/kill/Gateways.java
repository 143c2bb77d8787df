package dev.rowcast.streams.kill;

import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Three gateway nodes, each with listeners that come, go and come back from where they were, and the check that
/// nothing of one tenant reaches another. As gateways do, they attach again and again, and where they learn that they
/// have nothing they ask again for all of it. For one thread.
final class Gateways implements AutoCloseable {

    private static final int NODES = 3;
    private static final long LEASE_MS = 3_600_000;
    private static final int FURTHEST_BACK = 100;
    private static final Duration POLL = Duration.ofMillis(20);

    private record Place(String node, int partition) {}

    private record Held(String tenant, String node, String user, String target) {}

    private final Random random;
    private final KafkaProducer<String, GatewayCommand> commands;
    private final KafkaConsumer<String, Delivery> deliveries;
    private final List<String> nodes = new ArrayList<>();
    private final Map<Place, Start> positions = new HashMap<>();
    private final Map<Held, Listener> listening = new HashMap<>();
    private final Map<Long, List<Listener>> byRequest = new HashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private long requests;
    private int incarnations;
    private long received;
    private long attachedNanos = System.nanoTime();

    Gateways(long seed, String kafka, TopicSerdes serdes) {
        this.random = new Random(seed);
        this.commands = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "linger.ms", 0),
                new StringSerializer(),
                serdes.value(Topics.COMMANDS).serializer());
        this.deliveries = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
                new StringDeserializer(),
                serdes.value(Topics.DELIVERIES).deserializer());
        List<TopicPartition> homes = IntStream.range(0, NODES)
                .mapToObj(home -> new TopicPartition(Topics.DELIVERIES.name(), home))
                .toList();
        deliveries.assign(homes);
        deliveries.seekToBeginning(homes);
        IntStream.range(0, NODES).forEach(home -> nodes.add(start(home)));
    }

    /// Reads what came, and lets somebody come or go.
    void turn() {
        read();
        int dice = random.nextInt(1_000);
        if (dice < 500) {
            subscribe();
        } else if (dice < 700) {
            unsubscribe();
        } else if (dice < 702) {
            replaceOne();
        }
    }

    /// A node dies, and another one takes its place.
    void replaceOne() {
        int home = random.nextInt(NODES);
        die(home);
        nodes.set(home, start(home));
    }

    /// Reads what came, and renews leases.
    void read() {
        deliveries.poll(POLL).forEach(record -> receive(record.value()));
        long now = System.nanoTime();
        if (now - attachedNanos > Lease.RENEWAL.toNanos()) {
            attachedNanos = now;
            IntStream.range(0, NODES).forEach(home -> attach(nodes.get(home), home));
        }
    }

    List<Listener> all() {
        return List.copyOf(listeners);
    }

    private String start(int home) {
        String node = "n%d-%d".formatted(home, ++incarnations);
        attach(node, home);
        return node;
    }

    private void attach(String node, int home) {
        History.TENANTS.forEach(tenant -> send(tenant, node, home, new Attach(LEASE_MS)));
    }

    /// Without a word, or with one.
    private void die(int home) {
        String node = nodes.get(home);
        listening.values().stream()
                .filter(listener -> listener.node().equals(node))
                .forEach(Listener::end);
        listening.keySet().removeIf(held -> held.node().equals(node));
        if (random.nextBoolean()) {
            History.TENANTS.forEach(tenant -> send(tenant, node, home, new Detach()));
        }
    }

    private void subscribe() {
        int home = random.nextInt(NODES);
        String node = nodes.get(home);
        String tenant = pick(History.TENANTS);
        Start position = positions.get(new Place(node, partition(tenant)));
        String target = target();
        List<String> users = random.nextBoolean() ? List.of(pick(History.USERS)) : History.USERS;
        // Entities are asked for one by one.
        List<String> asking = target.startsWith("source") ? users.subList(0, 1) : users;
        if (position == null
                || asking.stream().anyMatch(user -> listening.containsKey(new Held(tenant, node, user, target)))) {
            return;
        }
        // A client's cursor may be ahead of a task that reads again, and never ahead of the node.
        long start = Math.max(-1, position.getOffset() - random.nextInt(FURTHEST_BACK));
        List<Listener> together = asking.stream()
                .map(user -> new Listener(requests + 1, tenant, node, user, target, start))
                .toList();
        together.forEach(each -> listening.put(new Held(tenant, node, each.user(), target), each));
        listeners.addAll(together);
        ask(home, together, new Start(position.getEpoch(), start));
    }

    private String target() {
        int channel = random.nextInt(History.CHANNELS);
        return switch (random.nextInt(4)) {
            case 0 -> "source:" + random.nextInt(History.ROWS);
            case 1 -> "vault:" + channel;
            default -> "room:" + channel;
        };
    }

    /// @param together listeners of one node to one target
    private void ask(int home, List<Listener> together, Start start) {
        long request = ++requests;
        byRequest.put(request, together);
        Listener first = together.getFirst();
        send(
                first.tenant(),
                first.node(),
                home,
                new Subscribe(
                        request,
                        principal(first.user()),
                        List.of(target(first.target())),
                        start,
                        together.stream()
                                .skip(1)
                                .map(each -> principal(each.user()))
                                .toList(),
                        false));
    }

    private void unsubscribe() {
        if (listening.isEmpty()) {
            return;
        }
        Held held = pick(List.copyOf(listening.keySet()));
        Listener listener = listening.get(held);
        if (listener != null && listener.live()) {
            listening.remove(held);
            listener.end();
            if (listener.hasMembers() || listener.target().startsWith("source") || nobodyElse(held)) {
                send(
                        held.tenant(),
                        held.node(),
                        nodes.indexOf(held.node()),
                        new Unsubscribe(principal(held.user()), List.of(target(held.target()))));
            }
        }
    }

    /// Without members a channel is subscribed once a node.
    private boolean nobodyElse(Held held) {
        return listening.keySet().stream()
                .noneMatch(other -> other.tenant().equals(held.tenant())
                        && other.node().equals(held.node())
                        && other.target().equals(held.target()));
    }

    private static Principal principal(String user) {
        return new Principal(user, PrincipalKind.USER);
    }

    private static Target target(String name) {
        return new Target(name.startsWith("source") ? TargetKind.ENTITY : TargetKind.CHANNEL, name, "");
    }

    private void receive(Delivery delivery) {
        received++;
        positions.merge(
                new Place(delivery.getNode(), delivery.getPartition()),
                new Start(delivery.getEpoch(), delivery.getOffset()),
                (known, now) -> known.getOffset() > now.getOffset() ? known : now);
        switch (delivery.getBody()) {
            case Attached attached -> attached(delivery, attached);
            case Frames frames ->
                frames.getFrames().forEach(frame -> {
                    requireOwn(delivery, frame);
                    receive(delivery, Optional.ofNullable(frames.getRequest()), frame);
                });
            case Admitted admitted -> admitted(delivery, admitted);
            case Subscribed subscribed -> subscribed(delivery, subscribed);
            case Revoked revoked -> revoked(delivery, revoked);
            case Reset reset -> reset(delivery, reset);
            default -> {}
        }
    }

    private void attached(Delivery delivery, Attached attached) {
        if (!attached.getKnown()) {
            List<Listener> lost = listening.values().stream()
                    .filter(listener -> listener.node().equals(delivery.getNode())
                            && partition(listener.tenant()) == delivery.getPartition())
                    .toList();
            lost.forEach(Listener::suspend);
            lost.forEach(listener -> askAgain(delivery, listener));
        }
    }

    private void askAgain(Delivery delivery, Listener listener) {
        listener.asksAgain(requests + 1);
        ask(nodes.indexOf(listener.node()), List.of(listener), new Start(delivery.getEpoch(), listener.position()));
    }

    private void admitted(Delivery delivery, Admitted admitted) {
        admitted.getAdmissions()
                .forEach(admission -> of(admitted.getRequest()).stream()
                        .filter(listener ->
                                listener.user().equals(admission.getPrincipal().getId()))
                        .forEach(listener -> listener.admitted(admission.getSpans(), delivery.getOffset())));
    }

    private void subscribed(Delivery delivery, Subscribed subscribed) {
        List<Listener> refused = of(subscribed.getRequest()).stream()
                .filter(listener ->
                        !listener.subscribed(subscribed.getRejected().isEmpty(), delivery.getOffset()))
                .toList();
        // What has it and is refused it by an answer that comes once more asks again.
        refused.forEach(listener -> askAgain(delivery, listener));
        forgetWhoIsOver();
    }

    private void revoked(Delivery delivery, Revoked revoked) {
        listening.values().stream()
                .filter(listener -> listener.node().equals(delivery.getNode())
                        && listener.tenant().equals(delivery.getTenant())
                        && listener.user().equals(revoked.getPrincipal().getId())
                        && revoked.getTargets().contains(target(listener.target())))
                .forEach(listener -> listener.revoked(delivery.getOffset()));
        forgetWhoIsOver();
    }

    private void forgetWhoIsOver() {
        listening.values().removeIf(Listener::over);
    }

    /// Who has not asked again since.
    private List<Listener> of(long request) {
        return byRequest.getOrDefault(request, List.of()).stream()
                .filter(listener -> listener.request() == request)
                .toList();
    }

    private void receive(Delivery delivery, Optional<Long> request, Frame frame) {
        String meaning = meaning(frame);
        listening.values().stream()
                .filter(listener -> listener.node().equals(delivery.getNode())
                        && listener.tenant().equals(delivery.getTenant())
                        && concerns(frame, listener))
                .forEach(listener -> listener.receive(received, request, frame.getOffset(), meaning));
    }

    private static boolean concerns(Frame frame, Listener listener) {
        return frame.getChannels().contains(listener.target())
                || listener.target().equals(frame.getEntity())
                        && frame.getPrincipals().contains(principal(listener.user()));
    }

    private static String meaning(Frame frame) {
        return List.of("CREATE", "UPDATE", "DELETE").stream()
                .filter(each -> frame.getKeys().contains("\"action\":\"" + each + "\""))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no action in " + frame));
    }

    private static void requireOwn(Delivery delivery, Frame frame) {
        String all = frame.getKeys() + frame.getRows();
        for (String tenant : History.TENANTS) {
            if (!tenant.equals(delivery.getTenant()) && all.contains(tenant)) {
                throw new AssertionError("%s was told of %s: %s".formatted(delivery.getTenant(), tenant, frame));
            }
        }
    }

    private void reset(Delivery delivery, Reset reset) {
        Long request = reset.getRequest();
        Principal principal = reset.getPrincipal();
        listening.values().stream()
                .filter(listener -> request == null
                        ? listener.live()
                                && listener.node().equals(delivery.getNode())
                                && listener.tenant().equals(delivery.getTenant())
                        : of(request).contains(listener))
                .filter(listener -> principal == null || principal.getId().equals(listener.user()))
                .forEach(listener -> listener.reset(delivery.getOffset()));
    }

    private void send(String tenant, String node, int home, Object body) {
        // What does not arrive is missed in the end.
        Future<?> unused = commands.send(
                new ProducerRecord<>(Topics.COMMANDS.name(), tenant, new GatewayCommand(node, home, 0L, body)));
    }

    private static int partition(String tenant) {
        return Partitions.of(tenant, Topics.CHANGES.partitions());
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    @Override
    public void close() {
        commands.close();
        deliveries.close();
    }
}
