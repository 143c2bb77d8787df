package dev.rowcast.ingest.snapshot;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which tables an operator may ask for: exactly those that the catalog captures, by their exact names. Nothing
/// of what was asked for becomes part of a statement.
final class BackfillTables {

    private static final int SHOWN = 80;

    private BackfillTables() {}

    static Optional<TableName> find(Catalog catalog, String asked) {
        return tables(catalog).stream()
                .filter(table -> table.toString().equals(asked))
                .findFirst();
    }

    static String unknown(Catalog catalog, String asked) {
        return "the catalog has no table '%s'; it has %s"
                .formatted(
                        shown(asked),
                        tables(catalog).stream().map(TableName::toString).collect(Collectors.joining(", ")));
    }

    /// What was asked for, short enough to be shown.
    static String shown(String asked) {
        return asked.length() > SHOWN ? asked.substring(0, SHOWN) + "…" : asked;
    }

    /// The heartbeat's row comes every second anyway.
    private static Set<TableName> tables(Catalog catalog) {
        Set<TableName> tables = new LinkedHashSet<>(catalog.publishedTables());
        tables.removeIf(
                table -> table.schema().equals("rowcast") && table.name().equals("heartbeat"));
        return tables;
    }
}
