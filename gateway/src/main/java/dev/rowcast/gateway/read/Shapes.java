package dev.rowcast.gateway.read;

import dev.rowcast.schemas.catalog.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The shapes of the catalog's tables, asked for once a minute: a column's type may be changed while we run.
final class Shapes {

    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

    private static final String SQL = """
            select a.attname, format_type(a.atttypid, null), coalesce(a.attnum = any (i.indkey), false)::text
            from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
            where a.attrelid = ?::text::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum""";

    private record Known(TableShape shape, long at) {}

    private final Database database;
    private final LongSupplier nanos;
    private final Map<TableName, Known> known = new ConcurrentHashMap<>();

    /// @param nanos a clock that only goes forward
    Shapes(Database database, LongSupplier nanos) {
        this.database = database;
        this.nanos = nanos;
    }

    /// @throws SQLException also when the table has no primary key
    TableShape of(TableName table) throws SQLException {
        long now = nanos.getAsLong();
        Known last = known.get(table);
        if (last != null && now - last.at() < FRESH_NANOS) {
            return last.shape();
        }
        TableShape shape = database.read(transaction -> read(transaction, table));
        known.put(table, new Known(shape, now));
        return shape;
    }

    private static TableShape read(Transaction transaction, TableName table) throws SQLException {
        List<String> key = new ArrayList<>();
        Map<String, String> types = new HashMap<>();
        for (Row row : transaction.run(SQL, List.of(table.toSql()))) {
            types.put(row.first(), row.more().getFirst().orElse(""));
            if (row.more().getLast().equals(Optional.of("true"))) {
                key.add(row.first());
            }
        }
        if (key.isEmpty()) {
            throw new SQLException("table %s has no primary key; add one".formatted(table));
        }
        return new TableShape(key, types);
    }
}
