package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Wait;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What nodes were told, and when.
final class Seen implements Reader.Sink {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    /// Told each change that comes live, in the reading thread.
    interface Live {
        void arrived(Frame frame, Reader.Arrival arrival);
    }

    private final Live live;
    private final Map<String, Start> positions = new ConcurrentHashMap<>();
    private final Map<Long, Long> subscribedNs = new ConcurrentHashMap<>();

    Seen(Live live) {
        this.live = live;
    }

    static Seen onlyAnswers() {
        return new Seen((frame, arrival) -> {});
    }

    /// Each change that comes live, by its number.
    static Seen live(Delays delays) {
        return new Seen((frame, arrival) -> delays.arrived(frame.getLsn(), arrival.ns()));
    }

    @Override
    public void arrived(Reader.Arrival arrival) {
        Delivery delivery = arrival.delivery();
        switch (delivery.getBody()) {
            case Attached attached -> move(delivery);
            case Subscribed subscribed -> subscribedNs.put(subscribed.getRequest(), arrival.ns());
            case Frames frames
            when frames.getRequest() == null -> {
                frames.getFrames().forEach(frame -> live.arrived(frame, arrival));
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

    /// Lets users into the room, and returns when the topology knows, or when the time is over.
    ///
    /// @param node is attached; what was delivered to it meanwhile does not matter
    void awaitMembers(
            Rig rig, Node node, String tenant, int room, List<String> users, AtomicLong numbers, Duration within)
            throws InterruptedException {
        long known = position(node).getOffset() + users.size();
        for (String user : users) {
            rig.changes().send(tenant, Rows.member(numbers.getAndIncrement(), room, user));
        }
        long deadline = System.nanoTime() + within.toNanos();
        while (position(node).getOffset() < known && System.nanoTime() < deadline) {
            Thread.sleep(100);
            attach(List.of(node), tenant);
        }
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
