package dev.rowcast.streams.rows;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.History;
import dev.rowcast.streams.history.HistoryLimits;
import dev.rowcast.streams.history.HistorySerde;
import dev.rowcast.streams.history.Knowledge;
import dev.rowcast.streams.history.Moment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.state.KeyValueStore;

/// What one partition knows of parents and children, as it was right before any change that may be read again. What
/// was never seen, or is not to be relied on, makes no channel: access fails closed.
public final class Rows {

    /// The most children that are told one by one when their parent moves.
    public static final int MOST_CHILDREN = 1_000;

    /// From here on nothing that was known of rows before counts, once they are gone.
    private static final String DISCARDED = "discarded";

    /// From here on it is not known whose children there are.
    private static final String UNCERTAIN = "uncertain";

    /// From here on all rows come again.
    private static final String SNAPSHOT = "snapshot";

    private final Relations relations;
    private final ChildIndex index;
    private final RowStore store;

    /// Reads the store, which is restored by now.
    public Rows(Relations relations, KeyValueStore<String, History<KeptRow>> store, HistoryLimits limits) {
        this.relations = relations;
        this.index = new ChildIndex(relations);
        this.store = new RowStore(store, limits, index);
    }

    /// For the store's values.
    public static Serde<History<KeptRow>> serde() {
        return HistorySerde.of(KeptRow.serde());
    }

    /// The parent of a row right before the change at this moment.
    ///
    /// @param table the parent's
    /// @param id its primary key as text
    public ParentRow parent(TenantId tenant, String table, String id, Moment at) {
        if (!isKept(table)) {
            return new ParentRow.Missing();
        }
        String key = new RowKey(tenant, table, id).encoded();
        return switch (store.asOf(key, at.previous())) {
            case Knowledge.Unknown<KeptRow> unknown -> new ParentRow.Unknown();
            case Knowledge.Known<KeptRow>(Optional<KeptRow> row) ->
                row.<ParentRow>map(there -> new ParentRow.Known(there.columns()))
                        .orElseGet(() -> gone(tenant, table, store.history(key), at.previous()));
        };
    }

    /// When the row was last seen to change, or what was known of it was discarded, right before the change at this
    /// moment; the beginning when never.
    public Moment since(TenantId tenant, String table, String id, Moment at) {
        if (!isKept(table)) {
            return Moment.BEGINNING;
        }
        Moment before = at.previous();
        return Stream.concat(
                        Stream.of(new RowKey(tenant, table, id).encoded()), marks(DISCARDED, tenant, table).stream())
                .flatMap(key -> store.history(key).since(before).stream())
                .max(Comparator.naturalOrder())
                .orElse(Moment.BEGINNING);
    }

    /// What is kept of the row right before the change at this moment.
    public Optional<Map<String, String>> row(TenantId tenant, String table, String id, Moment at) {
        if (!isKept(table)) {
            return Optional.empty();
        }
        return store.asOf(new RowKey(tenant, table, id).encoded(), at.previous())
                .certain()
                .map(KeptRow::columns);
    }

    /// The children that a row has right before the change at this moment.
    ///
    /// @param table the parent's
    /// @param id its primary key as text
    /// @param child the rule of the children's table, one of [Relations#childrenOf]
    public Children children(TenantId tenant, String table, String id, TableRule child, Moment at) {
        Moment before = at.previous();
        String childTable = child.table().toString();
        if (store.isTooLongAgo(before)
                || isMarked(UNCERTAIN, tenant, childTable, before)
                || isAnyUnknown(tenant, childTable, before)) {
            return new Children.Unknown();
        }
        String by = child.parent().orElseThrow().by();
        List<Children.Child> found = new ArrayList<>();
        for (String key : index.candidates(new RowKey(tenant, table, id), childTable)) {
            History<KeptRow> history = store.history(key);
            Optional<KeptRow> row = history.asOf(before)
                    .certain()
                    .filter(there -> RowText.of(there.columns(), by).equals(Optional.of(id)));
            if (row.isPresent()) {
                if (found.size() == MOST_CHILDREN) {
                    return new Children.TooMany();
                }
                found.add(new Children.Child(
                        RowKey.decode(key).id(),
                        row.get().columns(),
                        history.since(before).orElseThrow()));
            }
        }
        return new Children.All(found);
    }

    /// Takes note of a change, once everybody was told.
    public void apply(TenantId tenant, RowChange change, Moment at) {
        Set<String> kept = relations.kept(change.getTable());
        if (kept.isEmpty()) {
            return;
        }
        String key = new RowKey(tenant, change.getTable(), change.getKey()).encoded();
        switch (change.getOp()) {
            case CREATE, UPDATE, SNAPSHOT -> keep(tenant, change, kept, key, at);
            case COPY -> {
                if (change.getAfter() != null) {
                    keep(tenant, change, kept, key, at);
                } else if (row(tenant, change.getTable(), change.getKey(), at).isPresent()) {
                    store.put(key, at, Optional.empty());
                }
            }
            case DELETE -> {
                if (row(tenant, change.getTable(), change.getKey(), at).isPresent()) {
                    store.put(key, at, Optional.empty());
                }
            }
            case TRUNCATE, RESET -> forgetTable(Optional.of(tenant), change, at);
            case UNKNOWN -> {}
        }
    }

    /// A table was emptied, or changed in ways that are not told.
    ///
    /// @param tenant empty for every tenant
    public void forgetTable(Optional<TenantId> tenant, RowChange change, Moment at) {
        Optional<String> table = Optional.of(change.getTable());
        if (!isKept(change.getTable())) {
            return;
        }
        forget(tenant, table, at);
        // An emptied table has no rows for sure.
        boolean uncertain = change.getOp() == Operation.RESET;
        if (uncertain || isMarked(UNCERTAIN, tenant, table, at.previous())) {
            store.put(
                    RowKey.mark(UNCERTAIN, tenant, table),
                    at,
                    uncertain ? Optional.of(KeptRow.MARK) : Optional.empty());
        }
    }

    /// A change was lost that may have been of any row.
    ///
    /// @param tenant empty for every tenant
    public void forgetEverything(Optional<TenantId> tenant, Moment at) {
        forget(tenant, Optional.empty(), at);
        store.put(RowKey.mark(UNCERTAIN, tenant, Optional.empty()), at, Optional.of(KeptRow.MARK));
    }

    /// A snapshot of everything began or ended. What it did not confirm is forgotten at its end.
    public void snapshot(SnapshotPhase phase, Moment at) {
        String mark = RowKey.mark(SNAPSHOT, Optional.empty(), Optional.empty());
        History<KeptRow> snapshots = store.history(mark);
        switch (phase) {
            case BEGAN -> {
                store.put(mark, at, Optional.of(KeptRow.MARK));
                store.put(RowKey.mark(DISCARDED, Optional.empty(), Optional.empty()), at, Optional.of(KeptRow.MARK));
            }
            case ENDED -> {
                if (isSnapshot(at)) {
                    Moment began = snapshots.since(at.previous()).orElseThrow();
                    store.removeUnconfirmed(began, at, key -> !RowKey.isMark(key));
                    store.removeAll(at, key -> RowKey.isMark(key, UNCERTAIN));
                    store.put(mark, at, Optional.empty());
                }
            }
            case UNKNOWN -> {}
        }
    }

    /// The log was read up to here.
    public void advance(Moment now) {
        store.advance(now);
    }

    private boolean isKept(String table) {
        return !relations.kept(table).isEmpty();
    }

    private void keep(TenantId tenant, RowChange change, Set<String> kept, String key, Moment at) {
        Optional<Map<String, String>> before = row(tenant, change.getTable(), change.getKey(), at);
        Map<String, String> columns = new HashMap<>(RowText.after(change, before));
        columns.keySet().retainAll(kept);
        KeptRow row = new KeptRow(columns);
        boolean same = before.map(row.columns()::equals).orElse(false);
        if (!same || isSnapshot(at) || change.getOp() != Operation.SNAPSHOT && outlives(tenant, change, row, at)) {
            store.put(key, at, Optional.of(row));
        }
    }

    /// Whether the row has lost its parent since it was last seen to change. That it changed tells that it was there
    /// without one, so that its end will not be told to who could see it through the parent.
    private boolean outlives(TenantId tenant, RowChange change, KeptRow row, Moment at) {
        return relations
                .parentOf(change.getTable())
                .flatMap(parent -> RowText.of(row.columns(), parent.by())
                        .map(id -> parent(tenant, parent.table().toString(), id, at)))
                .filter(parent -> parent instanceof ParentRow.Gone(Map<String, String> last, Moment gone)
                        && gone.compareTo(since(tenant, change.getTable(), change.getKey(), at)) > 0)
                .isPresent();
    }

    private void forget(Optional<TenantId> tenant, Optional<String> table, Moment at) {
        store.put(RowKey.mark(DISCARDED, tenant, table), at, Optional.of(KeptRow.MARK));
        store.removeAll(at, key -> RowKey.matches(key, tenant, table));
    }

    private ParentRow gone(TenantId tenant, String table, History<KeptRow> history, Moment before) {
        KeptRow last = null;
        Moment seen = Moment.BEGINNING;
        Moment gone = Moment.BEGINNING;
        for (History.Entry<KeptRow> entry : history.entries()) {
            if (entry.at().compareTo(before) > 0) {
                break;
            }
            if (entry.value().isPresent()) {
                last = entry.value().get();
                seen = entry.at();
            } else {
                gone = entry.at();
            }
        }
        return last == null || isDiscarded(tenant, table, seen, before)
                ? new ParentRow.Missing()
                : new ParentRow.Gone(last.columns(), gone);
    }

    private boolean isDiscarded(TenantId tenant, String table, Moment since, Moment until) {
        return marks(DISCARDED, tenant, table).stream()
                .anyMatch(mark -> store.history(mark).saysAnything(since, until));
    }

    private boolean isMarked(String kind, TenantId tenant, String table, Moment at) {
        return marks(kind, tenant, table).stream()
                .anyMatch(mark -> store.history(mark).asOf(at).certain().isPresent());
    }

    private boolean isMarked(String kind, Optional<TenantId> tenant, Optional<String> table, Moment at) {
        return store.history(RowKey.mark(kind, tenant, table))
                .asOf(at)
                .certain()
                .isPresent();
    }

    /// The places where something may stand that concerns the table.
    private static List<String> marks(String kind, TenantId tenant, String table) {
        return List.of(
                RowKey.mark(kind, Optional.of(tenant), Optional.of(table)),
                RowKey.mark(kind, Optional.of(tenant), Optional.empty()),
                RowKey.mark(kind, Optional.empty(), Optional.of(table)),
                RowKey.mark(kind, Optional.empty(), Optional.empty()));
    }

    private boolean isSnapshot(Moment at) {
        return isMarked(SNAPSHOT, Optional.empty(), Optional.empty(), at.previous());
    }

    private boolean isAnyUnknown(TenantId tenant, String table, Moment at) {
        return index.trimmed().entrySet().stream()
                .anyMatch(entry -> RowKey.matches(entry.getKey(), Optional.of(tenant), Optional.of(table))
                        && entry.getValue().asOf(at) instanceof Knowledge.Unknown);
    }
}
