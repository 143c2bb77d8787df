package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.quarantine.QuarantineCode;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import io.debezium.data.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/// Holds rows against the catalog, once for every shape that a table takes. Debezium makes a new schema object
/// whenever the log describes a table anew, which it does after a change of the table. For one thread.
final class TableFits {

    /// Far above what tables times changes reach in one run.
    private static final int MOST_SCHEMAS = 4096;

    private final Map<TableName, Set<String>> neededByTable;
    private final Quarantine quarantine;
    private final Runnable changed;
    private final Map<Schema, Fit> known = new IdentityHashMap<>();
    private final Map<TableName, List<String>> shapes = new HashMap<>();

    /// @param misfit why its rows cannot be told; empty when they can
    private record Fit(Optional<Misfit> misfit) {}

    /// @param code what is wrong
    private record Misfit(QuarantineCode code, String reason, String wayBack) {}

    /// @param changed run when the log describes a table anew, before its next row is judged
    TableFits(Catalog catalog, Quarantine quarantine, Runnable changed) {
        this.neededByTable =
                catalog.capturedTables().stream().collect(Collectors.toMap(table -> table, catalog::columns));
        this.quarantine = quarantine;
        this.changed = changed;
    }

    /// Whether the catalog says anything about the table.
    boolean concerns(TableName table) {
        return neededByTable.containsKey(table);
    }

    /// Judges the row by its shape, and sets its table aside when it does not fit.
    ///
    /// @return whether its shape lets it be told
    boolean fits(Row row) {
        Fit fit = known.get(row.raw().valueSchema());
        if (fit == null) {
            fit = look(row);
        }
        fit.misfit().ifPresent(misfit -> setAside(row.table(), misfit));
        return fit.misfit().isEmpty();
    }

    private void setAside(TableName table, Misfit misfit) {
        quarantine.enter(table, misfit.code(), misfit.reason(), misfit.wayBack());
    }

    private Fit look(Row row) {
        if (known.size() >= MOST_SCHEMAS) {
            known.clear();
        }
        Schema columns = row.raw().valueSchema().field(Envelope.FieldName.AFTER).schema();
        Fit fit = new Fit(misfit(row, columns));
        if (row.operation() != Envelope.Operation.TRUNCATE) {
            known.put(row.raw().valueSchema(), fit);
        }
        // What the row itself shows comes before what the database says now.
        fit.misfit().ifPresent(misfit -> setAside(row.table(), misfit));
        if (row.key() != null) {
            compare(row, columns);
        }
        return fit;
    }

    /// Where the key or a needed column is another than before, what clients have does not compare with what comes.
    private void compare(Row row, Schema columns) {
        List<String> shape = new ArrayList<>();
        row.raw().keySchema().fields().forEach(field -> shape.add("key " + field.name()));
        for (Field field : columns.fields()) {
            if (needed(row).contains(field.name())) {
                shape.add("%d %s %s".formatted(field.index(), field.name(), type(field.schema())));
            }
        }
        List<String> before =
                row.fromSnapshot() ? shapes.putIfAbsent(row.table(), shape) : shapes.put(row.table(), shape);
        if (row.fromSnapshot()) {
            return;
        }
        changed.run();
        if (before != null && !before.equals(shape)) {
            quarantine.tell(row.table());
        }
    }

    private static String type(Schema schema) {
        Map<String, String> parameters = schema.parameters();
        return schema.type() + (parameters == null ? "" : " " + parameters.get("__debezium.source.column.type"));
    }

    private Optional<Misfit> misfit(Row row, Schema columns) {
        String missing = needed(row).stream()
                .filter(column -> columns.field(column) == null)
                .sorted()
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            return Optional.of(new Misfit(
                    QuarantineCode.COLUMN_GONE,
                    "rows of %s have no %s".formatted(row.table(), missing),
                    "give the table the column back, or take it out of the catalog and restart"));
        }
        if (row.key() == null && row.operation() != Envelope.Operation.TRUNCATE) {
            return Optional.of(new Misfit(
                    QuarantineCode.KEY_GONE,
                    "rows of %s have no primary key".formatted(row.table()),
                    "give the table a primary key"));
        }
        return Optional.empty();
    }

    private Set<String> needed(Row row) {
        return neededByTable.getOrDefault(row.table(), Set.of());
    }
}
