package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Thousands of random steps against a model that is too slow and too simple to be wrong: every subscription,
/// from the position it has, over the whole log. Tenants have the same ids on purpose.
class OracleTest {

    private static final int STEPS = 3_000;
    private static final List<String> TENANTS = List.of("a", "b", "c");
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    /// One subscription, with what it has got: offset to what the frame said.
    private static final class Listener {
        final long start;
        long resetAt = -1;
        final Map<Long, List<String>> got = new TreeMap<>();

        Listener(long start) {
            this.start = start;
        }
    }

    private record Key(String tenant, String node, Target target) {}

    private record Logged(String tenant, Change change, int id, int vaultBefore, int vaultAfter) {}

    private final RestartableTask task = new RestartableTask(new JournalLimits(200, 1 << 20, Duration.ofDays(1)));
    private final List<Logged> log = new ArrayList<>();
    private final Map<Key, Listener> listeners = new HashMap<>();
    private final List<Map.Entry<Key, Listener>> all = new ArrayList<>();
    private final Map<String, Map<Integer, Integer>> vaultOfSource = new HashMap<>();

    static IntStream seeds() {
        return IntStream.concat(IntStream.of(1, 2, 3), IntStream.of(new Random().nextInt(1_000_000)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("everybody gets what concerns it after its start, in order, and nothing else")
    void everybodyGetsWhatConcernsIt(int seed) {
        Random random = new Random(seed);
        NODES.forEach(node -> task.command("a", attach(node, 0)));
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 70) {
                change(random);
            } else if (dice < 88) {
                subscribe(random);
            } else if (dice < 96) {
                unsubscribe(random);
            } else {
                readAgain(random);
            }
        }
        listeners.forEach((key, listener) -> verify(key, listener, log.size()));
        assertThat(all).isNotEmpty();
    }

    private void change(Random random) {
        String tenant = pick(TENANTS, random);
        Map<Integer, Integer> sources = vaultOfSource.computeIfAbsent(tenant, unseen -> new HashMap<>());
        int id = random.nextInt(10);
        int before = sources.getOrDefault(id, -1);
        int after = before >= 0 && random.nextInt(4) == 0 ? -1 : random.nextInt(4);
        long lsn = 1_000 + log.size();
        Change change;
        if (before < 0) {
            change = inserted("public.sources", "" + id, lsn, source(id, after, tenant));
        } else if (after < 0) {
            change = deleted("public.sources", "" + id, lsn, source(id, before, tenant));
        } else {
            change = updated("public.sources", "" + id, lsn, source(id, before, tenant), source(id, after, tenant));
        }
        if (after < 0) {
            sources.remove(id);
        } else {
            sources.put(id, after);
        }
        log.add(new Logged(tenant, change, id, before, after));
        receive(task.change(tenant, log.size() - 1, change));
    }

    private void subscribe(Random random) {
        Key key = key(random);
        if (listeners.containsKey(key)) {
            return;
        }
        long start = Math.max(-1, log.size() - 1 - random.nextInt(300));
        Listener listener = new Listener(start);
        listeners.put(key, listener);
        all.add(Map.entry(key, listener));
        receive(task.command(key.tenant(), Samples.subscribe(key.node(), 1, ALICE, after(start), key.target())));
    }

    private void unsubscribe(Random random) {
        Key key = key(random);
        Listener listener = listeners.remove(key);
        if (listener != null) {
            verify(key, listener, log.size());
        }
        task.command(key.tenant(), Samples.unsubscribe(key.node(), ALICE, key.target()));
    }

    /// The task dies and reads its last records again.
    private void readAgain(Random random) {
        task.restart();
        int from = Math.max(0, log.size() - random.nextInt(20));
        for (int offset = from; offset < log.size(); offset++) {
            receive(task.change(
                    log.get(offset).tenant(), offset, log.get(offset).change()));
        }
    }

    private void receive(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            switch (delivery.getBody()) {
                case Frames frames -> frames.getFrames().forEach(frame -> receive(delivery, frame));
                case Reset reset ->
                    reset.getTargets().forEach(target -> listener(delivery, target).resetAt = delivery.getOffset());
                default -> {}
            }
        }
    }

    private void receive(Delivery delivery, Frame frame) {
        assertThat(frame.getRows()).contains("\"title\":\"" + delivery.getTenant() + "\"");
        List<Target> targets = new ArrayList<>();
        frame.getChannels().forEach(name -> targets.add(channel(name)));
        if (!frame.getPrincipals().isEmpty()) {
            assertThat(frame.getPrincipals()).containsExactly(ALICE);
            assertThat(frame.getOffset()).isEqualTo(frame.getLsn() - 1_000);
            targets.add(entity(frame.getEntity()));
        }
        for (Target target : targets) {
            Listener listener = listener(delivery, target);
            long offset = frame.getLsn() - 1_000;
            List<String> actions = listener.got.computeIfAbsent(offset, unseen -> new ArrayList<>());
            String action = frame.getKeys().replaceAll(".*\"action\":\"(\\w+)\".*", "$1");
            if (!actions.contains(action)) {
                assertThat(listener.got.keySet())
                        .as("in order")
                        .last()
                        .satisfies(last -> assertThat(last).isGreaterThanOrEqualTo(offset));
                actions.add(action);
            }
        }
    }

    /// Whoever is told something must have asked for it.
    private Listener listener(Delivery delivery, Target target) {
        Key key = new Key(Objects.requireNonNull(delivery.getTenant()), delivery.getNode(), target);
        return Objects.requireNonNull(listeners.get(key), () -> "nobody asked for " + key);
    }

    private void verify(Key key, Listener listener, int end) {
        Map<Long, List<String>> expected = new TreeMap<>();
        long from = Math.max(listener.start, listener.resetAt);
        for (long offset = from + 1; offset < end; offset++) {
            Logged logged = log.get((int) offset);
            if (logged.tenant().equals(key.tenant())) {
                String action = action(logged, key.target());
                if (!action.isEmpty()) {
                    expected.put(offset, List.of(action));
                }
            }
        }
        Map<Long, List<String>> got = new TreeMap<>(listener.got);
        got.keySet().retainAll(new TreeSet<>(got.keySet()).tailSet(from, false));
        assertThat(got).as("%s from %d", key, from).isEqualTo(expected);
    }

    private static String action(Logged logged, Target target) {
        boolean was;
        boolean is;
        if (target.getKind() == TargetKind.CHANNEL) {
            was = target.getName().equals("vault:" + logged.vaultBefore());
            is = target.getName().equals("vault:" + logged.vaultAfter());
        } else {
            boolean same = target.getName().equals("source:" + logged.id());
            was = same && logged.vaultBefore() >= 0;
            is = same && logged.vaultAfter() >= 0;
        }
        if (was) {
            return is ? "UPDATE" : "DELETE";
        }
        return is ? "CREATE" : "";
    }

    private static Key key(Random random) {
        Target target =
                random.nextInt(3) > 0 ? channel("vault:" + random.nextInt(4)) : entity("source:" + random.nextInt(10));
        return new Key(pick(TENANTS, random), pick(NODES, random), target);
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
