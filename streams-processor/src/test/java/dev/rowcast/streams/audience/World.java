package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.COMMIT_US;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.catalog.Catalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A database at random, and the log that ingest makes of it. Its tenants have the same ids, channels and users; each
/// image of a row has a stamp of its own, which begins with the tenant.
final class World {

    static final List<String> TENANTS = List.of("a", "b", "c");
    static final List<String> USERS = List.of("alice", "bob");

    static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              board: {access: public}
              room:
                access: members
                members: {table: public.room_members, channel: room_id, principal: user_id, role: role}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, kind, stamp]}
              public.marks:
                entity: mark
                parent: {table: public.sources, by: parent_id}
                channels: ["vault:{parent.vault_id}"]
                deliver: [id, kind, stamp]
              public.notes: {entity: note, channels: ["board:{board_id}", "vault:{vault_id}"]}
              public.threads: {entity: thread, channels: ["room:{room_id}"], deliver: [id, kind, stamp]}
              public.messages:
                entity: message
                parent: {table: public.threads, by: parent_id}
                channels: ["room:{parent.room_id}"]
                deliver: [id, kind, stamp]
              public.tasks: {entity: task, channels: ["room:{room_id}", "vault:{vault_id}"], deliver: [id, kind, stamp]}
            """);

    /// What clients narrow channels by, with what it means.
    static final Map<String, Predicate<Map<String, String>>> FILTERS = new TreeMap<>(Map.of(
            "kind=eq.a", row -> kind(row) == 'a',
            "kind=neq.a", row -> kind(row) != 'a',
            "kind=in.(b,c)", row -> kind(row) != 'a',
            "kind=like.*b*", row -> kind(row) == 'b',
            "id=lt.3,kind=eq.a", row -> id(row) < 3 && kind(row) == 'a',
            "or=(id.eq.1,kind.eq.c)", row -> id(row) == 1 || kind(row) == 'c',
            "id=in.(1,2,3),kind=not.in.(a,b)", row -> id(row) >= 1 && id(row) <= 3 && kind(row) == 'c'));

    static final int CHANNELS = 3;
    static final int ROWS = 6;

    /// One record of the log.
    ///
    /// @param key the tenant; empty for every tenant, or where it may have been any
    /// @param change empty in what cannot be read
    record Logged(String key, Optional<Change> change) {}

    private record Row(String tenant, String table, String key) {}

    private final Model model;
    private final Random random;
    private final List<Logged> log = new ArrayList<>();
    private final Map<Row, Map<String, String>> rows = new TreeMap<>(
            Comparator.comparing(Row::tenant).thenComparing(Row::table).thenComparing(Row::key));
    private final Set<Row> shown = new HashSet<>();
    private final Map<Row, Boolean> keys = new HashMap<>();
    private boolean snapshot;
    private long epoch = 1;
    private long stamps;

    /// @param model reads the log as it grows
    World(Model model, Random random) {
        this.model = model;
        this.random = random;
    }

    Logged at(int offset) {
        return log.get(offset);
    }

    /// The log as lines, for who has to find out why.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int offset = 0; offset < log.size(); offset++) {
            Logged each = log.get(offset);
            lines.add("%d %s %s"
                    .formatted(
                            offset, each.key(), each.change().map(World::line).orElse("unreadable")));
        }
        return lines;
    }

    private static String line(Change change) {
        return change.getBody() instanceof RowChange row
                ? "%s %s/%s %s -> %s, transaction %d %s"
                        .formatted(
                                row.getOp(),
                                row.getTable(),
                                row.getKey(),
                                row.getBefore(),
                                row.getAfter(),
                                row.getTx().getFirstLsn(),
                                row.getTx().getLast() ? "ends" : "goes on")
                : change.getBody() + " in epoch " + change.getEpoch();
    }

    /// There is something from before anybody asks.
    void begin() {
        watermark();
    }

    /// A transaction that is too large to wait for its end.
    void large() {
        transaction(OpenTransaction.MOST_CHANGES + 50);
    }

    /// Something happens.
    void step() {
        int dice = random.nextInt(1_000);
        if (dice < 880) {
            transaction(random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(4));
        } else if (dice < 920) {
            watermark();
        } else if (dice < 975) {
            snapshot();
        } else if (dice < 981) {
            lose();
        } else if (dice < 983) {
            epoch++;
        } else {
            publish();
        }
    }

    /// Changes of one tenant, or of several.
    private void transaction(int size) {
        long first = lsn();
        String tenant = pick(TENANTS);
        boolean several = random.nextInt(6) == 0;
        for (int index = 0; index < size; index++) {
            String owner = several ? pick(TENANTS) : tenant;
            Transaction tx = new Transaction(7L, first, first + size, COMMIT_US, index, index == size - 1);
            int dice = random.nextInt(1_000);
            if (dice < 140) {
                member(owner, tx);
            } else if (dice < 150) {
                key(owner, tx);
            } else if (dice < 154) {
                empty(owner, tx);
            } else {
                row(owner, pick(List.copyOf(Family.TABLES.keySet())), tx);
            }
            if (random.nextInt(40) == 0 && index < size - 1) {
                publish();
            }
        }
    }

    /// A row comes, goes, moves or gets other values.
    private void row(String tenant, String table, Transaction tx) {
        Row row = new Row(tenant, table, "" + random.nextInt(ROWS));
        change(row, rows.containsKey(row) && random.nextInt(5) == 0 ? null : image(row), tx);
    }

    private Map<String, String> image(Row row) {
        Map<String, String> image = new HashMap<>(Map.of(
                "id", row.key(),
                "kind", "\"" + "abc".charAt(random.nextInt(3)) + '"',
                "stamp", '"' + row.tenant() + '#' + ++stamps + '"'));
        Family.Table table = Objects.requireNonNull(Family.TABLES.get(row.table()));
        table.parent().ifPresent(parent -> image.put("parent_id", "" + random.nextInt(ROWS)));
        if (table.parent().isEmpty()) {
            table.channels().forEach(column -> image.put(column, "" + random.nextInt(CHANNELS)));
        }
        return image;
    }

    private void member(String tenant, Transaction tx) {
        Row row = new Row(tenant, Model.MEMBERS, "" + random.nextInt(ROWS));
        Map<String, String> image = Map.of(
                "room_id", "" + random.nextInt(CHANNELS),
                "user_id", '"' + pick(USERS) + '"',
                "role", random.nextBoolean() ? "\"reader\"" : "\"owner\"");
        change(row, rows.containsKey(row) && random.nextInt(3) == 0 ? null : image, tx);
    }

    /// An API key is made, or ends.
    private void key(String tenant, Transaction tx) {
        Row row = new Row(tenant, Model.KEYS, "alice");
        boolean ends = random.nextInt(3) == 0 && keys.getOrDefault(row, true);
        keys.put(row, !ends);
        shown.add(row);
        Map<String, String> image = Map.of("id", "\"alice\"");
        append(
                tenant,
                Samples.change(
                        epoch,
                        ends
                                ? rowChange(Operation.DELETE, row, image, null, tx)
                                : rowChange(Operation.CREATE, row, null, image, tx)));
    }

    private void change(Row row, @Nullable Map<String, String> after, Transaction tx) {
        Map<String, String> before = rows.get(row);
        if (after == null) {
            rows.remove(row);
        } else {
            rows.put(row, after);
        }
        shown.add(row);
        Operation op = before == null ? Operation.CREATE : after == null ? Operation.DELETE : Operation.UPDATE;
        append(row.tenant(), Samples.change(epoch, rowChange(op, row, before, after, tx)));
    }

    /// A table loses all rows, or changes in ways that are not told; for one tenant or all.
    private void empty(String tenant, Transaction tx) {
        List<String> tables = new ArrayList<>(Family.TABLES.keySet());
        tables.add(Model.MEMBERS);
        String table = pick(tables);
        String key = random.nextBoolean() ? tenant : "";
        boolean emptied = random.nextBoolean() || table.equals(Model.MEMBERS);
        if (emptied) {
            rows.keySet()
                    .removeIf(row -> row.table().equals(table)
                            && (key.isEmpty() || row.tenant().equals(key)));
        }
        Row none = new Row(key, table, "");
        append(
                key,
                Samples.change(epoch, rowChange(emptied ? Operation.TRUNCATE : Operation.RESET, none, null, null, tx)));
    }

    /// A snapshot begins, shows a row, or ends: then what was not shown is none any more. A row may be shown without.
    private void snapshot() {
        Optional<Row> next = rows.keySet().stream()
                .filter(row -> !shown.contains(row))
                .skip(random.nextInt(3))
                .findFirst();
        if (!snapshot && random.nextInt(4) == 0) {
            snapshot = true;
            shown.clear();
            append("", Samples.change(epoch, new SnapshotMark(SnapshotPhase.BEGAN)));
        } else if (snapshot && random.nextInt(12) == 0) {
            snapshot = false;
            rows.keySet().retainAll(shown);
            keys.replaceAll((key, lives) -> lives && shown.contains(key));
            append("", Samples.change(epoch, new SnapshotMark(SnapshotPhase.ENDED)));
        } else if (next.isPresent()) {
            Row row = next.get();
            shown.add(row);
            Transaction none = new Transaction(0L, lsn(), lsn(), COMMIT_US, 0, true);
            append(row.tenant(), Samples.change(epoch, rowChange(Operation.SNAPSHOT, row, null, rows.get(row), none)));
        }
    }

    /// What nobody can read, or make sense of.
    private void lose() {
        String tenant = pick(TENANTS);
        if (random.nextBoolean()) {
            String key = random.nextInt(4) == 0 ? "" : tenant;
            model.readUnreadable(key);
            log.add(new Logged(key, Optional.empty()));
        } else {
            Transaction tx = new Transaction(7L, lsn(), lsn() + 1, COMMIT_US, 0, true);
            Row row = new Row(tenant, "public.sources", "1");
            append(tenant, Samples.change(epoch, rowChange(Operation.UNKNOWN, row, null, null, tx)));
        }
    }

    private void watermark() {
        append("", Samples.change(epoch, new Watermark(lsn(), COMMIT_US, null)));
    }

    private void publish() {
        String channel = (random.nextBoolean() ? "vault:" : "room:") + random.nextInt(CHANNELS);
        String tenant = pick(TENANTS);
        append(
                tenant,
                Samples.change(
                        epoch,
                        new PublishedEvent(
                                "event-" + log.size(),
                                "site.rebuilt",
                                List.of(channel),
                                null,
                                null,
                                null,
                                "{\"of\":\"" + tenant + "#0\"}",
                                COMMIT_US)));
    }

    private void append(String key, Change change) {
        model.read(key, change);
        log.add(new Logged(key, Optional.of(change)));
    }

    private RowChange rowChange(
            Operation op,
            Row row,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after,
            Transaction tx) {
        return new RowChange(row.table(), op, row.key(), before, after, List.of(), lsn(), tx);
    }

    private long lsn() {
        return 1_000 + log.size();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static char kind(Map<String, String> row) {
        return Objects.requireNonNull(row.get("kind")).charAt(1);
    }

    private static int id(Map<String, String> row) {
        return Integer.parseInt(Objects.requireNonNull(row.get("id")));
    }
}
