package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Wait;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What nodes were told, and when.
final class Seen implements Reader.Sink {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    /// Told each change that comes live, in the reading thread.
    interface Live {
        /// @param number of the change
        void arrived(long number, String node, long ns);
    }

    private final Live live;
    private final Map<String, Start> positions = new ConcurrentHashMap<>();
    private final Map<Long, Long> subscribedNs = new ConcurrentHashMap<>();

    Seen(Live live) {
        this.live = live;
    }

    static Seen onlyAnswers() {
        return new Seen((number, node, ns) -> {});
    }

    @Override
    public void arrived(Delivery delivery, long ns) {
        switch (delivery.getBody()) {
            case Attached attached -> move(delivery);
            case Subscribed subscribed -> subscribedNs.put(subscribed.getRequest(), ns);
            case Frames frames
            when frames.getRequest() == null -> {
                frames.getFrames().forEach(frame -> live.arrived(frame.getLsn(), delivery.getNode(), ns));
                move(delivery);
            }
            default -> {}
        }
    }

    private void move(Delivery delivery) {
        positions.put(delivery.getNode(), new Start(delivery.getEpoch(), delivery.getOffset()));
    }

    /// Attaches the nodes in the tenant's partition and waits until they are.
    void attach(Collection<Node> nodes, String tenant) throws InterruptedException {
        for (Node node : nodes) {
            positions.remove(node.name());
            node.attach(tenant);
        }
        Wait.until(
                "all nodes are attached",
                ANSWER_WITHIN,
                () -> nodes.stream().allMatch(node -> positions.containsKey(node.name())));
    }

    /// Up to where the node has everything in the partition in which it is attached.
    Start position(Node node) {
        Start position = positions.get(node.name());
        if (position == null) {
            throw new IllegalStateException(node.name() + " is not attached");
        }
        return position;
    }

    /// Lets all the users, who are spread over the nodes, subscribe to the channel, and waits for the answers.
    void subscribe(List<Node> nodes, String tenant, int users, String channel) throws InterruptedException {
        List<Long> requests = nodes.stream()
                .flatMap(node -> node.share(users, nodes.size()).stream()
                        .map(user -> node.subscribe(tenant, user, List.of(channel), position(node), List.of())))
                .toList();
        awaitSubscribed(requests);
    }

    void awaitSubscribed(Collection<Long> requests) throws InterruptedException {
        Wait.until(
                "all are subscribed", ANSWER_WITHIN, () -> subscribedNs.keySet().containsAll(requests));
    }

    /// When the answer came, [System#nanoTime].
    long subscribedNs(long request) {
        return subscribedNs.getOrDefault(request, Long.MAX_VALUE);
    }
}
