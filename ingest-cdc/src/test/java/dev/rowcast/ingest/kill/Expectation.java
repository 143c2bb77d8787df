package dev.rowcast.ingest.kill;

import dev.rowcast.ingest.kill.Committed.Kind;
import dev.rowcast.ingest.kill.Committed.Row;
import dev.rowcast.schemas.topic.Partitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// What the logs must hold, worked out from the reference alone: the tables as they were when the first snapshot was
/// taken, and every transaction after it.
final class Expectation {

    static final int PARTITIONS = 8;
    static final String CHANGES = "rowcast.changes-";

    /// A transaction's item in a log.
    ///
    /// @param committed its commit's position, also for a part
    record Due(Item item, long committed) {}

    private final String source;

    Expectation(String source) {
        this.source = source;
    }

    /// The name of a partition of `rowcast.changes`.
    static String changes(int partition) {
        return CHANGES + partition;
    }

    String raw(String table) {
        return "cdc." + source + "." + table;
    }

    /// Each log's items of these transactions, in commit order.
    Map<String, List<Due>> stream(List<Committed> transactions) {
        Map<String, List<Due>> logs = new HashMap<>();
        for (Committed transaction : transactions) {
            items(transaction).forEach((log, items) -> {
                List<Due> due = logs.computeIfAbsent(log, name -> new ArrayList<>());
                items.forEach(item -> due.add(new Due(item, transaction.commitLsn())));
            });
        }
        return logs;
    }

    private Map<String, List<Item>> items(Committed transaction) {
        Map<String, List<Item>> logs = new LinkedHashMap<>();
        List<Row> rows = transaction.rows().stream()
                .filter(row -> Tables.CAPTURED.contains(row.table()))
                .toList();
        for (Row row : rows) {
            logs.computeIfAbsent(raw(row.table()), name -> new ArrayList<>()).addAll(raw(row, transaction.xid()));
        }
        changes(transaction, rows).forEach((partition, changes) -> logs.put(changes(partition), List.copyOf(changes)));
        if (transaction.touches(Tables.HEARTBEAT)) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                logs.computeIfAbsent(changes(partition), name -> new ArrayList<>())
                        .add(new Item.Mark(transaction.commitLsn()));
            }
        }
        return logs;
    }

    private static List<Item> raw(Row row, long xid) {
        List<Item> items = new ArrayList<>();
        String before = Tables.text(row.table(), row.before());
        String after = Tables.text(row.table(), row.after());
        String oldKey = Tables.key(row.table(), row.before());
        String newKey = Tables.key(row.table(), row.after());
        boolean moved = row.kind() == Kind.UPDATE && !row.before().isEmpty() && !oldKey.equals(newKey);
        if (moved || row.kind() == Kind.DELETE) {
            items.add(new Item.Raw("d", oldKey, before, "", row.lsn(), xid));
            items.add(new Item.Raw("tombstone", oldKey, "", "", 0, 0));
        }
        if (moved || row.kind() == Kind.INSERT) {
            items.add(new Item.Raw("c", newKey, "", after, row.lsn(), xid));
        } else if (row.kind() == Kind.UPDATE) {
            items.add(new Item.Raw("u", newKey, before, after, row.lsn(), xid));
        } else if (row.kind() == Kind.TRUNCATE) {
            items.add(new Item.Raw("t", "", "", "", row.lsn(), xid));
        }
        return items;
    }

    private static Map<Integer, List<Item.Change>> changes(Committed transaction, List<Row> rows) {
        Map<Integer, List<Item.Change>> partitions = new LinkedHashMap<>();
        long firstLsn = rows.isEmpty() ? 0 : rows.getFirst().lsn();
        int index = 0;
        for (Row row : rows) {
            for (Move move : moves(row)) {
                partitions
                        .computeIfAbsent(move.partition(), partition -> new ArrayList<>())
                        .add(new Item.Change(
                                move.tenant(),
                                move.op(),
                                row.table(),
                                move.key(),
                                move.before(),
                                move.after(),
                                row.lsn(),
                                transaction.xid(),
                                firstLsn,
                                transaction.commitLsn(),
                                index++,
                                false));
            }
        }
        partitions.values().forEach(changes -> changes.add(last(changes.removeLast())));
        return partitions;
    }

    private static Item.Change last(Item.Change change) {
        return change.placed(change.commitLsn(), change.index(), true);
    }

    private record Move(int partition, String tenant, String op, String key, String before, String after) {
        static Move of(String tenant, String op, String key, String before, String after) {
            return new Move(Partitions.of(tenant, PARTITIONS), tenant, op, key, before, after);
        }
    }

    private static List<Move> moves(Row row) {
        if (!Tables.ROUTED.contains(row.table())) {
            return List.of();
        }
        if (row.kind() == Kind.TRUNCATE) {
            List<Move> everywhere = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                everywhere.add(new Move(partition, "", "TRUNCATE", "", "", ""));
            }
            return everywhere;
        }
        String before = Tables.text(row.table(), row.before());
        String after = Tables.text(row.table(), row.after());
        String oldKey = Tables.key(row.table(), row.before());
        String newKey = Tables.key(row.table(), row.after());
        String oldTenant = row.before().getOrDefault(Tables.TENANT, "");
        String newTenant = row.after().getOrDefault(Tables.TENANT, "");
        if (row.kind() == Kind.UPDATE && oldKey.equals(newKey) && oldTenant.equals(newTenant)) {
            return List.of(Move.of(newTenant, "UPDATE", newKey, before, after));
        }
        List<Move> moves = new ArrayList<>();
        if (row.kind() != Kind.INSERT) {
            moves.add(Move.of(oldTenant, "DELETE", oldKey, before, ""));
        }
        if (row.kind() != Kind.DELETE) {
            moves.add(Move.of(newTenant, "CREATE", newKey, "", after));
        }
        return moves;
    }

    /// The rows that a snapshot reads after these transactions: in each raw topic, and in each partition.
    ///
    /// @return log to text of a row; text as of [#text]
    Map<String, List<String>> snapshot(List<Committed> before) {
        Map<String, Map<String, Map<String, String>>> tables = tables(before);
        Map<String, List<String>> logs = new HashMap<>();
        tables.forEach((table, rows) -> rows.forEach((key, row) -> {
            logs.computeIfAbsent(raw(table), name -> new ArrayList<>()).add(text(table, key, Tables.text(table, row)));
            if (Tables.ROUTED.contains(table)) {
                String tenant = Objects.requireNonNull(row.get(Tables.TENANT));
                logs.computeIfAbsent(changes(Partitions.of(tenant, PARTITIONS)), name -> new ArrayList<>())
                        .add(text(table, key, Tables.text(table, row)));
            }
        }));
        return logs;
    }

    /// A row of a snapshot.
    static String text(String table, String key, String row) {
        return "%s %s: %s".formatted(table, key, row);
    }

    /// Table to key to row, after these transactions.
    static Map<String, Map<String, Map<String, String>>> tables(List<Committed> transactions) {
        Map<String, Map<String, Map<String, String>>> tables =
                Tables.CAPTURED.stream().collect(Collectors.toMap(table -> table, table -> new HashMap<>()));
        transactions.stream().flatMap(each -> each.rows().stream()).forEach(row -> {
            Map<String, Map<String, String>> table = tables.get(row.table());
            if (table == null) {
                return;
            }
            if (row.kind() == Kind.TRUNCATE) {
                table.clear();
            }
            table.remove(Tables.key(row.table(), row.before()));
            if (!row.after().isEmpty()) {
                table.put(Tables.key(row.table(), row.after()), row.after());
            }
        });
        return tables;
    }
}
