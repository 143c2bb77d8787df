package dev.rowcast.ingest.route;

import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Makes the catalog's changes of captured rows: whose they are, which partition that is, and what of them may
/// leave the raw topics. For one thread.
public final class Router {

    /// The record key of what concerns every tenant of a partition. No tenant can have it.
    public static final String EVERY_TENANT = "";

    private final Tenancy tenancy;
    private final int partitions;
    private final Map<TableName, Route> routes = new HashMap<>();
    private final KeyRouter keys;

    /// @param columns of the table that the catalog names
    /// @param insertOnly whether updates and deletes are of no interest
    private record Route(Set<String> columns, boolean insertOnly) {}

    /// @param partitions how many `rowcast.changes` really has
    public Router(Catalog catalog, int partitions) {
        this.tenancy = catalog.tenancy();
        this.partitions = partitions;
        this.keys = new KeyRouter(partitions);
        for (TableName table : catalog.capturedTables()) {
            routes.put(table, new Route(catalog.columns(table), catalog.isInsertOnly(table)));
        }
    }

    /// What the row becomes: nothing for tables that the catalog does not name, two changes when it moves between
    /// tenants, one for each partition when a table is truncated, otherwise one. Of an API key only its id.
    ///
    /// @throws UnroutableException when the row has no tenant
    public List<RoutedChange> route(Row row) throws UnroutableException {
        if (keys.concerns(row.table())) {
            return keys.route(row);
        }
        Route route = routes.get(row.table());
        if (route == null) {
            return List.of();
        }
        return switch (row.operation()) {
            case CREATE -> List.of(change(row, route, Operation.CREATE, tenant(row, row.after()), null, row.after()));
            case READ -> List.of(change(row, route, Operation.SNAPSHOT, tenant(row, row.after()), null, row.after()));
            case UPDATE -> route.insertOnly() ? List.of() : update(row, route);
            case DELETE ->
                route.insertOnly()
                        ? List.of()
                        : List.of(change(row, route, Operation.DELETE, tenant(row, row.before()), row.before(), null));
            case TRUNCATE -> forEverybody(row.table(), Operation.TRUNCATE, row.lsn());
            case MESSAGE -> List.of();
        };
    }

    private List<RoutedChange> update(Row row, Route route) throws UnroutableException {
        // Without an old image, or with one that holds the key only, the row cannot be seen to move.
        Optional<String> old = tenantOf(row.before());
        String tenant;
        try {
            tenant = tenant(row, row.after());
        } catch (UnroutableException e) {
            throw new UnroutableException(String.valueOf(e.getMessage()), gone(row, route, old));
        }
        if (old.isEmpty() || old.get().equals(tenant)) {
            return List.of(change(row, route, Operation.UPDATE, tenant, row.before(), row.after()));
        }
        List<RoutedChange> moved = new ArrayList<>(gone(row, route, old));
        moved.add(change(row, route, Operation.CREATE, tenant, null, row.after()));
        return moved;
    }

    private List<RoutedChange> gone(Row row, Route route, Optional<String> old) {
        if (old.isEmpty()) {
            return List.of();
        }
        try {
            String tenant = new TenantId(old.get()).value();
            return List.of(change(row, route, Operation.DELETE, tenant, row.before(), null));
        } catch (IllegalArgumentException e) {
            return List.of(); // what was nobody's is nobody's to delete
        }
    }

    /// What tells everybody who watches the table to refetch.
    ///
    /// @param lsn from where on
    public List<RoutedChange> reset(TableName table, long lsn) {
        return keys.concerns(table)
                ? keys.forEverybody(Operation.RESET, lsn)
                : forEverybody(table, Operation.RESET, lsn);
    }

    private List<RoutedChange> forEverybody(TableName table, Operation operation, long lsn) {
        if (tenancy instanceof Tenancy.Constant(String tenant)) {
            return List.of(withoutRow(table, operation, lsn, tenant, Partitions.of(tenant, partitions)));
        }
        return everywhere(table, operation, lsn, partitions);
    }

    static List<RoutedChange> everywhere(TableName table, Operation operation, long lsn, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> withoutRow(table, operation, lsn, EVERY_TENANT, partition))
                .toList();
    }

    private static RoutedChange withoutRow(
            TableName table, Operation operation, long lsn, String tenant, int partition) {
        return new RoutedChange(
                tenant, partition, table.toString(), operation, "", Optional.empty(), Optional.empty(), List.of(), lsn);
    }

    private RoutedChange change(
            Row row, Route route, Operation operation, String tenant, @Nullable Struct before, @Nullable Struct after) {
        List<String> unchanged = new ArrayList<>();
        return new RoutedChange(
                tenant,
                Partitions.of(tenant, partitions),
                row.table().toString(),
                operation,
                key(row.key()),
                columns(route, before, null),
                columns(route, after, unchanged),
                unchanged,
                row.lsn());
    }

    private String tenant(Row row, @Nullable Struct image) throws UnroutableException {
        String tenant = tenantOf(image)
                .orElseThrow(() -> new UnroutableException("a row of %s at %d has no %s, so it is nobody's"
                        .formatted(row.table(), row.lsn(), ((Tenancy.Column) tenancy).name())));
        try {
            return new TenantId(tenant).value();
        } catch (IllegalArgumentException e) {
            throw new UnroutableException("a row of %s at %d: %s".formatted(row.table(), row.lsn(), e.getMessage()));
        }
    }

    private Optional<String> tenantOf(@Nullable Struct image) {
        return switch (tenancy) {
            case Tenancy.Constant(String tenant) -> Optional.of(tenant);
            case Tenancy.Column(String name) -> Optional.ofNullable(image).flatMap(row -> text(row, name));
        };
    }

    static Optional<String> text(@Nullable Struct row, String column) {
        if (row == null) {
            return Optional.empty();
        }
        Field field = row.schema().field(column);
        if (field == null) {
            return Optional.empty();
        }
        Object value = row.get(field);
        return value == null || Unavailable.is(value)
                ? Optional.empty()
                : Optional.of(JsonText.plain(field.schema(), value));
    }

    private static Optional<Map<String, String>> columns(
            Route route, @Nullable Struct image, @Nullable List<String> unchanged) {
        if (image == null) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Field field : image.schema().fields()) {
            if (!route.columns().contains(field.name())) {
                continue;
            }
            Object value = image.get(field);
            if (!Unavailable.is(value)) {
                values.put(field.name(), JsonText.of(field.schema(), value));
            } else if (unchanged != null) {
                unchanged.add(field.name());
            }
        }
        return Optional.of(values);
    }

    static String key(@Nullable Struct key) {
        if (key == null) {
            return "";
        }
        List<Field> fields = key.schema().fields();
        if (fields.size() == 1) {
            return text(key, fields.getFirst());
        }
        return KeyText.join(fields.stream().map(field -> text(key, field)).toList());
    }

    private static String text(Struct key, Field field) {
        return JsonText.plain(field.schema(), key.get(field));
    }
}
