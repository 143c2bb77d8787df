package dev.rowcast.ingest.route;

import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.Collection;
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
    private final Placement placement;
    private final RowShards shards;
    private final Map<TableName, Route> routes = new HashMap<>();
    private final KeyRouter keys;
    private final CanaryRouter canary;

    /// @param columns of the table that the catalog names
    /// @param insertOnly whether updates and deletes are of no interest
    /// @param event whether each row is an event, which happens once and in one place
    private record Route(Set<String> columns, boolean insertOnly, boolean event) {}

    /// @param partitions how many `rowcast.changes` really has
    public Router(Catalog catalog, int partitions) {
        this.tenancy = catalog.tenancy();
        this.partitions = partitions;
        this.placement = Placement.of(catalog, partitions);
        this.shards = new RowShards(catalog, placement);
        this.keys = new KeyRouter(placement, partitions);
        this.canary = new CanaryRouter(placement);
        for (TableName table : catalog.capturedTables()) {
            routes.put(
                    table,
                    new Route(
                            catalog.columns(table),
                            catalog.isInsertOnly(table),
                            catalog.table(table).flatMap(TableRule::event).isPresent()));
        }
    }

    /// How tenants are split over the partitions.
    public Placement placement() {
        return placement;
    }

    /// What the row becomes: nothing for tables that neither the catalog names nor we do, two changes when it moves
    /// between
    /// tenants or shards, one for each partition when a table is truncated, one for each shard that
    /// must know of it, otherwise one. Of an API key only its id.
    ///
    /// @throws UnroutableException when the row has no tenant
    public List<RoutedChange> route(Row row) throws UnroutableException {
        if (keys.concerns(row.table())) {
            return keys.route(row);
        }
        if (CanaryRouter.concerns(row)) {
            return canary.route(row);
        }
        Route route = routes.get(row.table());
        if (route == null) {
            return List.of();
        }
        return switch (row.operation()) {
            case CREATE -> came(row, route, Operation.CREATE, tenant(row, row.after()));
            case READ -> came(row, route, Operation.SNAPSHOT, tenant(row, row.after()));
            case UPDATE -> route.insertOnly() ? List.of() : update(row, route);
            case DELETE -> route.insertOnly() ? List.of() : gone(row, route, tenant(row, row.before()));
            case TRUNCATE -> forEverybody(row.table(), Operation.TRUNCATE, row.lsn());
            case MESSAGE -> List.of();
        };
    }

    private List<RoutedChange> update(Row row, Route route) throws UnroutableException {
        // Without an old image, or with one that holds the key only, the row cannot be seen to move.
        Optional<String> said = tenantOf(row.before());
        // What was nobody's is nobody's to delete.
        Optional<TenantId> old = said.flatMap(this::valid);
        TenantId tenant;
        try {
            tenant = tenant(row, row.after());
        } catch (UnroutableException e) {
            throw new UnroutableException(
                    String.valueOf(e.getMessage()),
                    old.map(was -> gone(row, route, was)).orElse(List.of()));
        }
        if (said.isEmpty() || old.equals(Optional.of(tenant))) {
            return updated(row, route, tenant);
        }
        List<RoutedChange> moved =
                new ArrayList<>(old.map(was -> gone(row, route, was)).orElse(List.of()));
        moved.addAll(came(row, route, Operation.CREATE, tenant));
        return moved;
    }

    private List<RoutedChange> updated(Row row, Route route, TenantId tenant) {
        TenantId now = told(row, tenant);
        TenantId old = shards.told(tenant, row.table(), row.before(), null).orElse(now);
        if (now.equals(old) || route.event()) {
            List<RoutedChange> changes = new ArrayList<>();
            changes.add(change(row, route, Operation.UPDATE, now, row.before(), row.after()));
            for (TenantId copy : shards.copies(tenant, row.table())) {
                changes.add(change(row, route, Operation.COPY, copy, row.before(), row.after()));
            }
            return changes;
        }
        RoutedChange left = change(row, route, Operation.DELETE, old, row.before(), null);
        // Who listens in both partitions may read them in any order, and keeps what has the higher version. No record
        // of the WAL is at this place, so no other version is the same.
        return List.of(
                left.at(row.lsn() - 1),
                change(row, route, Operation.CREATE, now, null, row.after()).completedBy(left.before()));
    }

    /// @param operation as which it comes, CREATE or SNAPSHOT
    private List<RoutedChange> came(Row row, Route route, Operation operation, TenantId tenant) {
        List<RoutedChange> changes = new ArrayList<>();
        changes.add(change(row, route, operation, told(row, tenant), null, row.after()));
        Operation copied = operation == Operation.SNAPSHOT ? Operation.SNAPSHOT : Operation.COPY;
        for (TenantId copy : shards.copies(tenant, row.table())) {
            changes.add(change(row, route, copied, copy, null, row.after()));
        }
        return changes;
    }

    private List<RoutedChange> gone(Row row, Route route, TenantId tenant) {
        List<RoutedChange> changes = new ArrayList<>();
        List<TenantId> told = shards.told(tenant, row.table(), row.before(), null)
                .map(List::of)
                .orElseGet(() -> placement.keys(tenant));
        for (TenantId key : told) {
            changes.add(change(row, route, Operation.DELETE, key, row.before(), null));
        }
        for (TenantId copy : shards.copies(tenant, row.table())) {
            changes.add(change(row, route, Operation.COPY, copy, row.before(), null));
        }
        return changes;
    }

    private TenantId told(Row row, TenantId tenant) {
        return shards.told(tenant, row.table(), row.after(), row.before()).orElse(tenant);
    }

    /// What tells everybody who watches the table to refetch.
    ///
    /// @param lsn from where on
    public List<RoutedChange> reset(TableName table, long lsn) {
        return keys.concerns(table)
                ? keys.forEverybody(Operation.RESET, lsn)
                : forEverybody(table, Operation.RESET, lsn);
    }

    /// The same for these tenants only, in all of their shards.
    public List<RoutedChange> reset(TableName table, long lsn, Collection<TenantId> tenants) {
        return tenants.stream()
                .flatMap(tenant -> placement.keys(tenant).stream())
                .map(key -> withoutRow(table, Operation.RESET, lsn, key.value(), placement.partition(key)))
                .toList();
    }

    private List<RoutedChange> forEverybody(TableName table, Operation operation, long lsn) {
        if (tenancy instanceof Tenancy.Constant(String tenant)) {
            return placement.keys(new TenantId(tenant)).stream()
                    .map(key -> withoutRow(table, operation, lsn, key.value(), placement.partition(key)))
                    .toList();
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
            Row row, Route route, Operation operation, TenantId key, @Nullable Struct before, @Nullable Struct after) {
        List<String> unchanged = new ArrayList<>();
        return new RoutedChange(
                key.value(),
                placement.partition(key),
                row.table().toString(),
                operation,
                key(row.key()),
                columns(route, before, null),
                columns(route, after, unchanged),
                unchanged,
                row.lsn());
    }

    private TenantId tenant(Row row, @Nullable Struct image) throws UnroutableException {
        String tenant = tenantOf(image)
                .orElseThrow(() -> new UnroutableException("a row of %s at %d has no %s, so it is nobody's"
                        .formatted(row.table(), row.lsn(), ((Tenancy.Column) tenancy).name())));
        return valid(tenant)
                .orElseThrow(() -> new UnroutableException(
                        "a row of %s at %d: \"%s\" is no tenant, or the name of another one's shard"
                                .formatted(
                                        row.table(), row.lsn(), tenant.substring(0, Math.min(tenant.length(), 40)))));
    }

    private Optional<TenantId> valid(String text) {
        return valid(placement, text);
    }

    static Optional<TenantId> valid(Placement placement, String text) {
        try {
            return Optional.of(new TenantId(text)).filter(tenant -> !placement.isReserved(tenant));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
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
