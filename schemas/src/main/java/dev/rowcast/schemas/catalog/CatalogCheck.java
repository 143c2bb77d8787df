package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.catalog.DatabaseShape.Partitioning;
import dev.rowcast.schemas.catalog.DatabaseShape.ReplicaIdentity;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.schemas.yaml.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Holds a [Catalog] against a [DatabaseShape]. A pure comparison: the same two give the same answer.
public final class CatalogCheck {
    /// Types whose text depends on how it is written, or which are not one value.
    private static final Pattern WITHOUT_PLAIN_TEXT = Pattern.compile("bytea|jsonb?|xml|.*\\[]");

    private static final TableName API_KEYS = TableName.parse(Topics.API_KEYS_TABLE);

    /// A deleted or changed key is found by the values that it had.
    private static final Set<String> API_KEYS_OLD = Set.of("id", "tenant", "hash");

    private final Catalog catalog;
    private final DatabaseShape shape;
    private final List<DatabaseProblem> problems = new ArrayList<>();

    private CatalogCheck(Catalog catalog, DatabaseShape shape) {
        this.catalog = catalog;
        this.shape = shape;
    }

    /// Everything that keeps the database from serving the catalog: first the server and the publication, then the
    /// tables in the catalog's order. Empty when all is well.
    public static List<DatabaseProblem> problems(Catalog catalog, DatabaseShape shape) {
        CatalogCheck check = new CatalogCheck(catalog, shape);
        check.walLevel();
        check.problems.addAll(PublicationCheck.problems(catalog, shape));
        catalog.publishedTables().forEach(check::table);
        return List.copyOf(check.problems);
    }

    private void walLevel() {
        if (!shape.walLevel().equals("logical")) {
            add(
                    DatabaseCode.WAL_LEVEL,
                    "wal_level is " + shape.walLevel(),
                    "set it and restart Postgres",
                    "ALTER SYSTEM SET wal_level = 'logical';");
        }
    }

    private void table(TableName name) {
        DatabaseShape.@Nullable Table table = shape.tables().get(name);
        if (table == null) {
            tableMissing(name);
        } else if (catalog.capturedTables().contains(name)) {
            Set<String> columns = new LinkedHashSet<>(catalog.columns(name));
            catalog.table(name).ifPresent(rule -> columns.addAll(rule.reads().columns()));
            columns.forEach(column -> column(name, table, column));
            tenancy(name, table);
            if (table.primaryKey().isEmpty()) {
                primaryKeyMissing(name, table);
            } else {
                parentKey(name, table);
                replicaIdentity(name, table);
            }
        } else if (name.equals(API_KEYS)) {
            oldRow(name, table, API_KEYS_OLD);
        }
    }

    private void tableMissing(TableName name) {
        List<String> known = shape.tables().keySet().stream()
                .map(TableName::toString)
                .sorted()
                .toList();
        String fix = Catalog.OWN_TABLES.contains(name)
                ? "run infra/postgres/setup.sql"
                : Suggestion.nearest(name.toString(), known)
                        .map(near -> "did you mean \"" + near + "\"?")
                        .orElse("create it, or take it out of the catalog");
        add(DatabaseCode.TABLE_MISSING, name + " does not exist", fix);
    }

    private void column(TableName name, DatabaseShape.Table table, String column) {
        DatabaseShape.@Nullable Column found = table.columns().get(column);
        if (found == null) {
            add(
                    DatabaseCode.COLUMN_MISSING,
                    name + " has no column " + column,
                    Suggestion.of(column, table.columns().keySet()));
        } else if (WITHOUT_PLAIN_TEXT.matcher(found.type()).matches()
                && catalog.readColumns(name).contains(column)) {
            add(
                    DatabaseCode.COLUMN_TYPE,
                    name + "." + column + " is " + found.type() + ", which cannot be part of a name",
                    "use a text, number, uuid, boolean or time column");
        }
    }

    private void tenancy(TableName name, DatabaseShape.Table table) {
        if (!(catalog.tenancy() instanceof Tenancy.Column(String column))) {
            return;
        }
        DatabaseShape.@Nullable Column found = table.columns().get(column);
        if (found != null && found.nullable()) {
            add(
                    DatabaseCode.TENANCY_NULLABLE,
                    name + "." + column + " may be null",
                    "give every row its tenant, then",
                    alter(name) + "ALTER COLUMN " + SqlIdentifiers.quote(column) + " SET NOT NULL;");
        }
    }

    /// A membership is known by its channel and principal; elsewhere a column `id` is the usual key.
    private void primaryKeyMissing(TableName name, DatabaseShape.Table table) {
        List<String> key = catalog.channels().values().stream()
                .flatMap(type -> type.members().stream())
                .filter(members -> members.table().equals(name))
                .findFirst()
                .map(members -> List.of(members.channel(), members.principal()))
                .orElse(List.of("id"));
        String sql = table.columns().keySet().containsAll(key)
                ? "ADD PRIMARY KEY (" + key.stream().map(SqlIdentifiers::quote).collect(Collectors.joining(", ")) + ");"
                : "ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;";
        add(DatabaseCode.PRIMARY_KEY_MISSING, name + " has no primary key", "add one", alter(name) + sql);
    }

    private void parentKey(TableName name, DatabaseShape.Table table) {
        boolean isParent = catalog.tables().values().stream()
                .flatMap(rule -> rule.parent().stream())
                .anyMatch(parent -> parent.table().equals(name));
        if (isParent && table.primaryKey().size() > 1) {
            add(
                    DatabaseCode.PARENT_KEY,
                    name + " is a parent and its primary key is (" + String.join(", ", table.primaryKey()) + ")",
                    "a parent needs a primary key of one column; or keep the column in the child and use it directly");
        }
    }

    private void replicaIdentity(TableName name, DatabaseShape.Table table) {
        if (catalog.isInsertOnly(name)) {
            // Its old rows are of no interest, but NOTHING would make Postgres refuse the application's deletes.
            if (table.replicaIdentity() instanceof ReplicaIdentity.Nothing
                    && !(table.partitioning() instanceof Partitioning.Root)) {
                add(
                        DatabaseCode.REPLICA_IDENTITY,
                        name + " has no replica identity, so Postgres refuses updates and deletes once it is published",
                        "set it",
                        alter(name) + "REPLICA IDENTITY DEFAULT;");
            }
            return;
        }
        Set<String> needed = new LinkedHashSet<>(table.primaryKey());
        needed.addAll(catalog.routingColumns(name));
        catalog.table(name).ifPresent(rule -> needed.addAll(rule.deliver()));
        oldRow(name, table, needed);
    }

    /// What a partition logs is decided by the partition; the partitioned table above it has no say.
    private void oldRow(TableName name, DatabaseShape.Table table, Set<String> needed) {
        if (table.partitioning() instanceof Partitioning.Root(Map<TableName, ReplicaIdentity> leaves)) {
            leaves.forEach((leaf, identity) -> oldRow(leaf, table, identity, needed));
        } else {
            oldRow(name, table, table.replicaIdentity(), needed);
        }
    }

    private void oldRow(TableName name, DatabaseShape.Table table, ReplicaIdentity identity, Set<String> needed) {
        Set<String> missing = new LinkedHashSet<>(needed);
        missing.retainAll(table.columns().keySet());
        missing.removeAll(
                switch (identity) {
                    case ReplicaIdentity.Default() -> Set.copyOf(table.primaryKey());
                    case ReplicaIdentity.Full() -> table.columns().keySet();
                    case ReplicaIdentity.Index(Set<String> columns) -> columns;
                    case ReplicaIdentity.Nothing() -> Set.of();
                });
        if (!missing.isEmpty()) {
            add(
                    DatabaseCode.REPLICA_IDENTITY,
                    "the old row of " + name + " lacks " + String.join(", ", missing) + " in the log",
                    "log the whole old row",
                    alter(name) + "REPLICA IDENTITY FULL;");
        }
    }

    private void add(DatabaseCode code, String message, String fix, String... sql) {
        problems.add(new DatabaseProblem(code, message, fix, List.of(sql)));
    }

    private static String alter(TableName name) {
        return "ALTER TABLE " + name.toSql() + " ";
    }
}
