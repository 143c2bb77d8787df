package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
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
import dev.rowcast.schemas.catalog.JournalLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random rows, filters, resumes and second readings against a model that asks every filter about every row.
class FilteredOracleTest {

    private static final int STEPS = 2_000;
    private static final long FIRST_LSN = 1_000;

    /// A row as the model has it.
    private record Source(int id, int vault, String title) {
        Map<String, String> json() {
            return source(id, vault, title);
        }
    }

    private static final Map<String, Predicate<Source>> FILTERS = Map.of(
            "", row -> true,
            "title=eq.a", row -> row.title.equals("a"),
            "title=eq.b", row -> row.title.equals("b"),
            "title=in.(b,c)", row -> !row.title.equals("a"),
            "title=neq.a", row -> !row.title.equals("a"),
            "id=lt.3,title=eq.a", row -> row.id < 3 && row.title.equals("a"),
            "or=(id.eq.1,title.eq.c)", row -> row.id == 1 || row.title.equals("c"),
            "title=like.*b*", row -> row.title.contains("b"),
            "id=in.(1,2,3),title=not.in.(a,b)", row -> row.id >= 1 && row.id <= 3 && row.title.equals("c"));

    private record Key(String node, Target target) {}

    private record Logged(Change change, Optional<Source> before, Optional<Source> after) {}

    private static final class Listener {
        final long start;
        long resetAt = -1;
        final TreeMap<Long, String> got = new TreeMap<>();

        Listener(long start) {
            this.start = start;
        }
    }

    private final RestartableTask task = new RestartableTask(new JournalLimits(300, 1 << 20, Duration.ofDays(1)));
    private final List<Logged> log = new ArrayList<>();
    private final Map<Integer, Source> rows = new HashMap<>();
    private final Map<Key, Listener> listeners = new HashMap<>();
    private int verified;

    static IntStream seeds() {
        return IntStream.concat(IntStream.of(1, 2), IntStream.of(new Random().nextInt(1_000_000)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("everybody gets what a change means to the rows that pass its filter, and nothing else")
    void everybodyGetsWhatPasses(int seed) {
        Random random = new Random(seed);
        task.command("demo", attach("n1", 0));
        task.command("demo", attach("n2", 0));
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
        listeners.forEach(this::verify);
        assertThat(verified).isGreaterThan(500);
    }

    private void change(Random random) {
        int id = random.nextInt(5);
        Optional<Source> before = Optional.ofNullable(rows.get(id));
        Optional<Source> after = before.isPresent() && random.nextInt(5) == 0
                ? Optional.empty()
                : Optional.of(new Source(id, random.nextInt(2), "" + "abc".charAt(random.nextInt(3))));
        long lsn = FIRST_LSN + log.size();
        Change change = before.isEmpty()
                ? inserted("public.sources", "" + id, lsn, after.orElseThrow().json())
                : after.map(row -> updated(
                                "public.sources", "" + id, lsn, before.get().json(), row.json()))
                        .orElseGet(() -> deleted(
                                "public.sources", "" + id, lsn, before.get().json()));
        after.ifPresentOrElse(row -> rows.put(id, row), () -> rows.remove(id));
        log.add(new Logged(change, before, after));
        receive(task.change("demo", log.size() - 1L, change));
    }

    private void subscribe(Random random) {
        Key key = key(random);
        if (listeners.containsKey(key)) {
            return;
        }
        long start = Math.max(-1, log.size() - 1 - random.nextInt(400));
        listeners.put(key, new Listener(start));
        receive(task.command("demo", Samples.subscribe(key.node(), 1, ALICE, after(start), key.target())));
    }

    private void unsubscribe(Random random) {
        Key key = key(random);
        Listener listener = listeners.remove(key);
        if (listener != null) {
            verify(key, listener);
        }
        task.command("demo", Samples.unsubscribe(key.node(), ALICE, key.target()));
    }

    private void readAgain(Random random) {
        task.restart();
        for (int offset = Math.max(0, log.size() - random.nextInt(20)); offset < log.size(); offset++) {
            receive(task.change("demo", offset, log.get(offset).change()));
        }
    }

    private void receive(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            switch (delivery.getBody()) {
                case Frames frames -> frames.getFrames().forEach(frame -> receive(delivery.getNode(), frame));
                case Reset reset ->
                    reset.getTargets()
                            .forEach(target -> listener(delivery.getNode(), target).resetAt = delivery.getOffset());
                default -> {}
            }
        }
    }

    private void receive(String node, Frame frame) {
        List<Target> targets = new ArrayList<>(frame.getFiltered());
        frame.getChannels().forEach(name -> targets.add(channel(name)));
        String action = frame.getKeys().replaceAll(".*\"action\":\"(\\w+)\".*", "$1");
        for (Target target : targets) {
            String known = listener(node, target).got.put(frame.getOffset(), action);
            assertThat(known).as("%s at %d", target, frame.getOffset()).isIn(null, action);
        }
    }

    private Listener listener(String node, Target target) {
        return Objects.requireNonNull(listeners.get(new Key(node, target)), () -> "nobody asked for " + target);
    }

    private void verify(Key key, Listener listener) {
        long from = Math.max(listener.start, listener.resetAt);
        Map<Long, String> expected = new TreeMap<>();
        for (long offset = from + 1; offset < log.size(); offset++) {
            Logged logged = log.get((int) offset);
            boolean was =
                    logged.before().filter(row -> passes(key.target(), row)).isPresent();
            boolean is = logged.after().filter(row -> passes(key.target(), row)).isPresent();
            if (was || is) {
                expected.put(offset, was ? is ? "UPDATE" : "DELETE" : "CREATE");
            }
        }
        assertThat(listener.got.tailMap(from, false))
                .as("%s from %d", key, from)
                .isEqualTo(expected);
        verified += expected.size();
    }

    private static boolean passes(Target target, Source row) {
        return target.getName().equals("vault:" + row.vault())
                && Objects.requireNonNull(FILTERS.get(target.getFilter())).test(row);
    }

    private static Key key(Random random) {
        List<String> filters = FILTERS.keySet().stream().sorted().toList();
        return new Key(
                random.nextBoolean() ? "n1" : "n2",
                channel("vault:" + random.nextInt(2), filters.get(random.nextInt(filters.size()))));
    }
}
