package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The part of the [Model] that is about parents and children, of one tenant: in which channels a row was and is, and
/// which children a parent takes along when it moves. It knows of rows what the log said so far, and nothing else.
final class Family {

    /// A table of the catalog.
    ///
    /// @param parent the table whose row the column `parent_id` names; its columns make the channels then
    /// @param channels the columns that hold them: `room_id` 7 is `room:7`
    /// @param delivered the columns by which a filter may narrow
    record Table(String entity, Optional<String> parent, List<String> channels, Set<String> delivered) {}

    private static final Set<String> DELIVERED = Set.of("id", "kind", "stamp");

    static final Map<String, Table> TABLES = new TreeMap<>(Map.of(
            "public.sources", new Table("source", Optional.empty(), List.of("vault_id"), DELIVERED),
            "public.marks", new Table("mark", Optional.of("public.sources"), List.of("vault_id"), DELIVERED),
            "public.notes", new Table("note", Optional.empty(), List.of("board_id", "vault_id"), Set.of()),
            "public.threads", new Table("thread", Optional.empty(), List.of("room_id"), DELIVERED),
            "public.messages", new Table("message", Optional.of("public.threads"), List.of("room_id"), DELIVERED),
            "public.tasks", new Table("task", Optional.empty(), List.of("room_id", "vault_id"), DELIVERED)));

    /// @param at where it was last said, or when it went
    private record Seen(long at, Map<String, String> row) {}

    /// By table and key.
    private final Map<String, Seen> known = new TreeMap<>();
    /// As they last were: parents that are there, and those that went.
    private final Map<String, Seen> last = new HashMap<>();
    /// Until where everything that was known of a table's rows was forgotten.
    private final Map<String, Long> forgotten = new HashMap<>();
    /// Of these it is not known whose children there are: tables, and `*` for all, each of this tenant or of every one.
    private final Set<String> uncertain = new HashSet<>();

    private final String tenant;
    private final Set<String> said = new HashSet<>();
    private boolean snapshot;

    Family(String tenant) {
        this.tenant = tenant;
    }

    // What a change means, right before it

    /// The channels in which the row was.
    Set<String> before(RowChange change) {
        return change.getOp() == Operation.CREATE
                ? Set.of()
                : channels(change.getTable(), change.getBefore(), Optional.of(since(name(change))));
    }

    /// The channels in which it is.
    Set<String> after(RowChange change) {
        return channels(change.getTable(), change.getAfter(), Optional.empty());
    }

    /// What the change means to the row's children: each that it takes along, or that whoever watches must refetch.
    List<Object> children(RowChange parent) {
        List<Object> meanings = new ArrayList<>();
        if (parent.getAfter() != null) {
            TABLES.forEach((child, table) -> {
                if (table.parent().equals(Optional.of(parent.getTable()))) {
                    meanings.addAll(children(parent, child, table));
                }
            });
        }
        return meanings;
    }

    private List<Object> children(RowChange parent, String child, Table table) {
        Seen gone = last.get(name(parent));
        Set<String> after = read(table, parent.getAfter());
        // What was forgotten is known again by what the change says of it.
        Optional<Map<String, String>> was = known.containsKey(name(parent))
                ? Optional.of(Objects.requireNonNull(known.get(name(parent))).row())
                : Optional.ofNullable(parent.getBefore()).filter(image -> gone == null);
        if (was.map(row -> read(table, row).equals(after)).orElse(false)) {
            return List.of();
        }
        if (Stream.of(child, "*", "every/" + child, "every/*").anyMatch(uncertain::contains)) {
            Set<String> touched = new TreeSet<>(after);
            was.or(() -> Optional.ofNullable(gone).map(Seen::row)).ifPresent(row -> touched.addAll(read(table, row)));
            touched.add(table.entity());
            boolean isNew = parent.getOp() == Operation.CREATE && was.isEmpty() && gone == null;
            return isNew ? List.of() : List.of(new Model.Cut(tenant, touched, false));
        }
        List<Object> moved = new ArrayList<>();
        known.forEach((name, seen) -> {
            if (name.startsWith(child + "/") && name(parent).equals(parentOf(table, seen.row()))) {
                Set<String> left = was.map(row -> read(table, row))
                        .orElseGet(() -> gone != null && seen.at() < gone.at() ? read(table, gone.row()) : Set.of());
                if (!left.equals(after)) {
                    String entity = table.entity() + ":" + name.substring(name.indexOf('/') + 1);
                    moved.add(Model.Told.untold(entity, left, after, table.delivered()));
                }
            }
        });
        return moved;
    }

    /// @param since when the row was last said: its parent may have gone since without a word about it
    private Set<String> channels(String name, @Nullable Map<String, String> row, Optional<Long> since) {
        Table table = Objects.requireNonNull(TABLES.get(name));
        if (row == null) {
            return Set.of();
        } else if (table.parent().isEmpty()) {
            return read(table, row);
        }
        Seen there = known.get(parentOf(table, row));
        Seen gone = last.get(parentOf(table, row));
        if (there != null) {
            return read(table, there.row());
        }
        return gone != null && since.filter(at -> at < gone.at()).isPresent() ? read(table, gone.row()) : Set.of();
    }

    private static Set<String> read(Table table, Map<String, String> row) {
        Set<String> channels = new TreeSet<>();
        for (String column : table.channels()) {
            if (row.containsKey(column)) {
                channels.add(column.replace("_id", ":") + row.get(column));
            }
        }
        return channels;
    }

    private long since(String name) {
        Seen seen = known.get(name);
        String table = name.substring(0, name.indexOf('/'));
        return seen == null ? forgotten.getOrDefault(table, -1L) : seen.at();
    }

    // What is known after it

    void follow(long at, RowChange change) {
        String name = name(change);
        said.add(name);
        if (change.getAfter() != null) {
            Seen before = known.get(name);
            // It repeats what is there, and says nothing of when it changed.
            boolean repeats = change.getOp() == Operation.SNAPSHOT
                    && !snapshot
                    && before != null
                    && before.row().equals(change.getAfter());
            known.put(name, repeats ? before : new Seen(at, change.getAfter()));
            last.put(name, new Seen(at, change.getAfter()));
        } else if (known.remove(name) != null) {
            last.computeIfPresent(name, (same, seen) -> new Seen(at, seen.row()));
        }
    }

    /// @param every whether it concerns every tenant
    /// @param emptied whether the table has no rows for sure
    void forget(long at, String table, boolean every, boolean emptied) {
        known.keySet().removeIf(name -> name.startsWith(table + "/"));
        last.keySet().removeIf(name -> name.startsWith(table + "/"));
        forgotten.put(table, at);
        if (emptied) {
            uncertain.remove((every ? "every/" : "") + table);
        } else {
            uncertain.add((every ? "every/" : "") + table);
        }
    }

    void forgetEverything(long at, boolean every) {
        TABLES.keySet().forEach(table -> forget(at, table, every, true));
        uncertain.add(every ? "every/*" : "*");
    }

    void beginSnapshot() {
        snapshot = true;
        said.clear();
        last.clear();
    }

    void endSnapshot() {
        snapshot = false;
        known.keySet().retainAll(said);
        uncertain.clear();
    }

    private static String parentOf(Table table, Map<String, String> row) {
        return table.parent().orElseThrow() + "/" + row.get("parent_id");
    }

    private static String name(RowChange change) {
        return change.getTable() + "/" + change.getKey();
    }
}
