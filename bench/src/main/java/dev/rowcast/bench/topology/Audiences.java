package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// What listeners of other kinds than those of a plain channel cost: those that narrow it with a filter each, and the
/// members of a channel. However many there are, a change goes to their node once.
final class Audiences {

    private static final int PARTITION = 5;
    private static final int IN_ONE_COMMAND = 100;
    private static final String LISTENER = "listener";
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(60);

    private final Rig rig;
    private final Throughput throughput;
    private final AtomicLong numbers = new AtomicLong(1);

    Audiences(Rig rig, Throughput throughput) {
        this.rig = rig;
        this.throughput = throughput;
    }

    /// Each asks for another row of the channel, most of them for one that does not change; one listens to all of it.
    Row filters(int count, int changes) throws Exception {
        String tenant = Rig.tenant(PARTITION);
        List<Node> nodes = rig.nodes(1);
        Node node = nodes.getFirst();
        Seen seen = Seen.onlyAnswers();
        try (Reader reader = new Reader(rig, seen)) {
            seen.attach(nodes, tenant);
            List<Long> requests = new ArrayList<>();
            requests.add(node.subscribe(tenant, LISTENER, List.of(Rows.channel(1)), seen.position(node), List.of()));
            for (int first = 0; first < count; first += IN_ONE_COMMAND) {
                List<Target> targets = IntStream.range(first, Math.min(count, first + IN_ONE_COMMAND))
                        .mapToObj(id -> new Target(TargetKind.CHANNEL, Rows.channel(1), "id=eq." + id * Rows.ENTITIES))
                        .toList();
                requests.add(node.subscribeTo(tenant, LISTENER, targets, seen.position(node), List.of()));
            }
            seen.awaitSubscribed(requests);
        }
        Row row =
                Row.of(Cell.AUDIENCE).with("listeners", "filters of a channel").with("count", count);
        return throughput.measure(row, tenant, nodes, 1, changes, Rows::change);
    }

    /// All of them listen at one node.
    Row members(int count, int changes) throws Exception {
        String tenant = Rig.tenant(PARTITION);
        List<Node> nodes = rig.nodes(1);
        Node node = nodes.getFirst();
        List<String> users = node.share(count, 1);
        Seen seen = Seen.onlyAnswers();
        try (Reader reader = new Reader(rig, seen)) {
            seen.attach(nodes, tenant);
            seen.awaitMembers(rig, node, tenant, 1, users, numbers, KNOWN_WITHIN);
            List<String> others = users.subList(1, users.size());
            seen.awaitSubscribed(List.of(
                    node.subscribe(tenant, users.getFirst(), List.of(Rows.room(1)), seen.position(node), others)));
        }
        Row row =
                Row.of(Cell.AUDIENCE).with("listeners", "members of a channel").with("count", count);
        return throughput.measure(row, tenant, nodes, 1, changes, Rows::message);
    }
}
