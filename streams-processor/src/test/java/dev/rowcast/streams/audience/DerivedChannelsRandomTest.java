package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random histories of parents and children in two tenants with the same ids, with restarts that read some of the input
/// again: at every place in the log the topology says what a model says that knows nothing but the log up to there.
class DerivedChannelsRandomTest {

    private static final int STEPS = 300;
    private static final List<String> TENANTS = List.of("demo", "other");

    private record Logged(String tenant, Change change) {
        RowChange row() {
            return (RowChange) change.getBody();
        }
    }

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private final List<Logged> log = new ArrayList<>();

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyReadingSaysWhatTheModelSays(int seed) {
        Random random = new Random(seed);
        for (String tenant : TENANTS) {
            task.command(tenant, attach("n1", 0));
            task.command(
                    tenant,
                    subscribe(
                            "n1",
                            1,
                            ALICE,
                            fromTheBeginning(),
                            channel("vault:1"),
                            channel("vault:2"),
                            channel("vault:3")));
        }
        while (log.size() < STEPS) {
            log.add(next(random));
            check(seed, log.size() - 1);
            if (random.nextInt(40) == 0) {
                task.restart();
                int again = Math.max(0, log.size() - 1 - random.nextInt(60));
                IntStream.range(again, log.size()).forEach(offset -> check(seed, offset));
            }
        }
    }

    private void check(int seed, int offset) {
        Logged logged = log.get(offset);
        assertThat(Tellings.of(task.change(logged.tenant(), offset, logged.change())).stream()
                        .sorted())
                .as("seed %d, offset %d: %s", seed, offset, logged)
                .containsExactlyElementsOf(new Model(logged.tenant(), offset)
                        .told(logged.row()).stream().sorted().toList());
    }

    private Logged next(Random random) {
        String tenant = TENANTS.get(random.nextInt(2));
        boolean parent = random.nextInt(3) > 0;
        String table = parent ? "public.sources" : "public.annotations";
        String key = "" + random.nextInt(parent ? 4 : 6);
        Map<String, String> before = new Model(tenant, log.size()).images.get(table + "/" + key);
        Map<String, String> after = parent
                ? Map.of("vault_id", "" + (1 + random.nextInt(3)), "title", "\"" + random.nextInt() + '"')
                : Map.of("source_id", "" + random.nextInt(4), "body", "\"" + random.nextInt() + '"');
        long lsn = 1_000 + 10L * log.size();
        if (random.nextInt(200) == 0) {
            return new Logged(tenant, change(row(Operation.RESET, table, "", null, null, lsn, true)));
        }
        if (random.nextInt(50) == 0) {
            Map<String, String> same = before == null ? after : before;
            return new Logged(tenant, change(row(Operation.SNAPSHOT, table, key, null, same, lsn, true)));
        }
        RowChange row = before == null
                ? row(Operation.CREATE, table, key, null, after, lsn, true)
                : random.nextInt(4) == 0
                        ? row(Operation.DELETE, table, key, before, null, lsn, true)
                        : row(Operation.UPDATE, table, key, before, after, lsn, true);
        return new Logged(tenant, change(row));
    }

    /// What is known of a tenant before an offset, from the log alone.
    private final class Model {

        private record Seen(int at, @Nullable Map<String, String> row) {}

        /// The rows as the database has them.
        private final Map<String, Map<String, String>> images = new TreeMap<>();

        private final Map<String, Seen> parents = new HashMap<>();
        private final Map<String, Seen> lastParents = new HashMap<>();
        private final Map<String, Seen> children = new TreeMap<>();
        private boolean uncertain;
        private int childrenDiscarded = -1;

        Model(String tenant, int end) {
            for (int at = 0; at < end; at++) {
                if (log.get(at).tenant().equals(tenant)) {
                    follow(at, log.get(at).row());
                }
            }
        }

        private void follow(int at, RowChange change) {
            boolean parent = change.getTable().equals("public.sources");
            String image = change.getTable() + "/" + change.getKey();
            Map<String, Seen> known = parent ? parents : children;
            if (change.getOp() == Operation.RESET) {
                known.clear();
                (parent ? lastParents : known).clear();
                uncertain |= !parent;
                childrenDiscarded = parent ? childrenDiscarded : at;
                return;
            }
            if (change.getAfter() == null) {
                images.remove(image);
                known.remove(change.getKey());
                if (parent && lastParents.containsKey(change.getKey())) {
                    lastParents.put(
                            change.getKey(),
                            new Seen(at, lastParents.get(change.getKey()).row()));
                }
                return;
            }
            images.put(image, change.getAfter());
            if (parent) {
                lastParents.put(change.getKey(), new Seen(at, change.getAfter()));
            }
            Seen before = known.get(change.getKey());
            // A snapshot repeats what is there; it says nothing of when it changed.
            boolean repeats = change.getOp() == Operation.SNAPSHOT
                    && before != null
                    && Objects.equals(link(before.row()), link(change.getAfter()));
            known.put(change.getKey(), repeats ? before : new Seen(at, change.getAfter()));
        }

        List<String> told(RowChange change) {
            List<String> told = new ArrayList<>();
            if (change.getOp() == Operation.RESET) {
                return List.of("RESET SCHEMA vault:1", "RESET SCHEMA vault:2", "RESET SCHEMA vault:3");
            }
            if (change.getOp() == Operation.SNAPSHOT) {
                return told;
            }
            if (change.getTable().equals("public.annotations")) {
                Seen seen = children.getOrDefault(change.getKey(), new Seen(childrenDiscarded, null));
                say(
                        told,
                        "annotation:" + change.getKey(),
                        before(change.getBefore(), seen.at()),
                        now(change.getAfter()));
                return told;
            }
            String key = change.getKey();
            say(told, "source:" + key, vault(change.getBefore()), vault(change.getAfter()));
            if (change.getAfter() == null) {
                return told;
            }
            Optional<String> after = vault(change.getAfter());
            Optional<String> was = parents.containsKey(key)
                    ? vault(parents.get(key).row())
                    : vault(change.getBefore()).filter(image -> !lastParents.containsKey(key));
            if (was.equals(after)) {
                return told;
            }
            if (uncertain) {
                if (change.getOp() != Operation.CREATE || lastParents.containsKey(key)) {
                    resets(told, key, was, after);
                }
                return told;
            }
            children.forEach((id, child) -> {
                if (link(child.row()).equals(Optional.of(key))) {
                    Optional<String> left = was.isPresent() ? was : before(child.row(), child.at());
                    if (!left.equals(after)) {
                        say(told, "annotation:" + id, left, after);
                    }
                }
            });
            return told;
        }

        private void resets(List<String> told, String key, Optional<String> was, Optional<String> after) {
            Optional<String> left = was.or(() ->
                    lastParents.containsKey(key) ? vault(lastParents.get(key).row()) : Optional.empty());
            left.ifPresent(vault -> told.add("RESET TRUNCATED " + vault));
            after.filter(vault -> !left.equals(after)).ifPresent(vault -> told.add("RESET TRUNCATED " + vault));
        }

        private Optional<String> now(@Nullable Map<String, String> child) {
            return link(child).map(parents::get).flatMap(seen -> vault(seen.row()));
        }

        private Optional<String> before(@Nullable Map<String, String> child, int since) {
            return now(child)
                    .or(() -> link(child)
                            .filter(lastParents::containsKey)
                            .map(lastParents::get)
                            .filter(last -> since < last.at())
                            .flatMap(last -> vault(last.row())));
        }

        private Optional<String> link(@Nullable Map<String, String> child) {
            return Optional.ofNullable(child).map(row -> row.get("source_id"));
        }

        private Optional<String> vault(@Nullable Map<String, String> parent) {
            return Optional.ofNullable(parent).map(row -> "vault:" + row.get("vault_id"));
        }

        private void say(List<String> told, String what, Optional<String> before, Optional<String> after) {
            if (before.isPresent() && before.equals(after)) {
                told.add(before.get() + " UPDATE " + what);
            } else {
                before.ifPresent(vault -> told.add(vault + " DELETE " + what));
                after.ifPresent(vault -> told.add(vault + " CREATE " + what));
            }
        }
    }
}
