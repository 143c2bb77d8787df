package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random comings and goings against a model that counts heads: what each node was told, put together, is who is there.
@DisplayName("What nodes are told of presence, put together, is who is there")
class PresenceRandomTest {

    private static final int STEPS = 400;
    private static final List<String> USERS = List.of("alice", "bob", "carol", "dave");
    private static final List<Target> TARGETS =
            List.of(channel("vault:1"), channel("vault:1", "title=eq.a"), channel("vault:2"), channel("room:1"));

    /// Somebody's subscription.
    private record Seat(String node, String user, Target target) {}

    /// What a node knows of a channel.
    private record Known(int count, Set<String> names) {}

    static List<Long> seeds() {
        long first = new Random().nextLong();
        return IntStream.range(0, 20).mapToObj(i -> first + i).toList();
    }

    private final RestartableTask task = new RestartableTask(PresenceTest.CATALOG, JournalLimits.DEFAULTS);
    private final Set<Seat> seats = new HashSet<>();
    private final Set<String> members = new TreeSet<>();
    private final Map<String, Map<String, Known>> knownByNode = new HashMap<>();
    private final List<String> nodes = new ArrayList<>();
    private Random random = new Random(0);
    private long offset;
    private long request;
    private int incarnations;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatNodesAreToldPutTogetherIsWhoIsThere(long seed) {
        random = new Random(seed);
        start();
        start();
        start();
        for (int step = 0; step < STEPS; step++) {
            step();
            if (random.nextInt(5) == 0) {
                hear(task.passTime(Duration.ofSeconds(1)));
                nodes.forEach(node -> hear(task.command("demo", attach(node, 0))));
                if (random.nextInt(3) == 0) {
                    compare(seed, step);
                }
            }
        }
    }

    private void step() {
        String node = nodes.get(random.nextInt(nodes.size()));
        String user = USERS.get(random.nextInt(USERS.size()));
        Target target = TARGETS.get(random.nextInt(TARGETS.size()));
        switch (random.nextInt(20)) {
            case 0 -> {
                // Dies without a word, and another one comes.
                nodes.remove(node);
                knownByNode.remove(node);
                seats.removeIf(seat -> seat.node().equals(node));
                start();
            }
            case 1 -> task.restart();
            case 2, 3, 4 -> let(user, !members.contains(user));
            case 5, 6, 7, 8, 9, 10 -> leave(new Seat(node, user, target));
            default -> join(new Seat(node, user, target));
        }
    }

    private void start() {
        String node = "n" + ++incarnations;
        nodes.add(node);
        hear(task.command("demo", attach(node, 0)));
    }

    private void join(Seat seat) {
        if (!seat.target().getName().startsWith("room") || members.contains(seat.user())) {
            seats.add(seat);
        }
        hear(task.command(
                "demo", subscribe(seat.node(), ++request, user(seat.user()), after(offset - 1), seat.target())));
    }

    private void leave(Seat seat) {
        if (seats.remove(seat)) {
            hear(task.command("demo", unsubscribe(seat.node(), user(seat.user()), seat.target())));
            forgetUnheard(seat.node());
        }
    }

    private void let(String user, boolean in) {
        Map<String, String> row =
                Map.of("site_id", "\"demo\"", "room_id", "1", "user_id", '"' + user + '"', "role", "\"editor\"");
        hear(task.change(
                "demo",
                offset++,
                in
                        ? inserted("public.room_members", user, offset, row)
                        : deleted("public.room_members", user, offset, row)));
        if (in) {
            members.add(user);
        } else {
            members.remove(user);
            // As a gateway does that is told of a revocation.
            for (Seat seat : List.copyOf(seats)) {
                if (seat.user().equals(user) && seat.target().getName().startsWith("room")) {
                    leave(seat);
                }
            }
        }
    }

    /// Of a channel that nobody listens to any more a node is told nothing.
    private void forgetUnheard(String node) {
        knownByNode
                .getOrDefault(node, new HashMap<>())
                .keySet()
                .removeIf(name -> seats.stream()
                        .noneMatch(seat -> seat.node().equals(node)
                                && seat.target().getName().equals(name)));
    }

    private void hear(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            // A node that died is told until its lease ends.
            if (delivery.getBody() instanceof Presence presence && nodes.contains(delivery.getNode())) {
                Map<String, Known> known = knownByNode.computeIfAbsent(delivery.getNode(), unseen -> new HashMap<>());
                Set<String> names = new TreeSet<>();
                if (!presence.getFull()) {
                    names.addAll(Objects.requireNonNull(known.get(presence.getChannel()))
                            .names());
                    assertThat(presence.getJoined())
                            .doesNotContainAnyElementsOf(names.isEmpty() ? List.of("nobody") : names);
                    assertThat(names).containsAll(presence.getLeft());
                }
                names.addAll(presence.getJoined());
                presence.getLeft().forEach(names::remove);
                known.put(presence.getChannel(), new Known(presence.getCount(), names));
            } else if (delivery.getBody() instanceof Attached attached && !attached.getKnown()) {
                askAgain(delivery.getNode());
            }
        }
    }

    /// As a gateway does that is told that it has nothing.
    private void askAgain(String node) {
        List.copyOf(seats).stream().filter(seat -> seat.node().equals(node)).forEach(this::join);
    }

    /// When everybody's lease that is over has ended.
    private void compare(long seed, int step) {
        for (int second = 0; second < 13; second++) {
            nodes.forEach(node -> hear(task.command("demo", attach(node, 0))));
            hear(task.passTime(Duration.ofSeconds(1)));
        }
        for (String node : nodes) {
            Map<String, Known> expected = new HashMap<>();
            seats.stream()
                    .filter(seat -> seat.node().equals(node))
                    .map(seat -> seat.target().getName())
                    .forEach(name -> {
                        Set<String> there = new TreeSet<>();
                        seats.stream()
                                .filter(seat -> seat.target().getName().equals(name))
                                .forEach(seat -> there.add(seat.user()));
                        expected.put(name, new Known(there.size(), there));
                    });
            assertThat(knownByNode.getOrDefault(node, Map.of()))
                    .as("%s at step %d of seed %d", node, step, seed)
                    .isEqualTo(expected);
        }
    }

    private static Principal user(String id) {
        return new Principal(id, PrincipalKind.USER);
    }
}
