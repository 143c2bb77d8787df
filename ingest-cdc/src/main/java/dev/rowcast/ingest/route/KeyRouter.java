package dev.rowcast.ingest.route;

import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Says of each API key, in its tenant's partition, that it lives or that it ended, so that what was subscribed with
/// it ends in the order of the log. Nothing else of a key's row leaves its raw topic, least of all the hash. For one
/// thread.
final class KeyRouter {

    private static final TableName TABLE = TableName.parse(Topics.API_KEYS_TABLE);
    private static final String ID = "id";
    private static final String TENANT = "tenant";
    private static final String REVOKED = "revoked_at";

    private final Placement placement;
    private final int partitions;

    KeyRouter(Placement placement, int partitions) {
        this.placement = placement;
        this.partitions = partitions;
    }

    boolean concerns(TableName table) {
        return table.equals(TABLE);
    }

    /// A key that is revoked is gone, however its row says so.
    ///
    /// @throws UnroutableException when the row has no tenant
    List<RoutedChange> route(Row row) throws UnroutableException {
        return switch (row.operation()) {
            case CREATE -> present(row, Operation.CREATE);
            case READ -> present(row, Operation.SNAPSHOT);
            case UPDATE -> update(row);
            case DELETE -> change(row, Operation.DELETE, tenant(row, row.before()), row.before(), null);
            case TRUNCATE -> forEverybody(Operation.TRUNCATE, row.lsn());
            case MESSAGE -> List.of();
        };
    }

    /// Keys have tenants of their own, also where the catalog's tenancy is constant.
    List<RoutedChange> forEverybody(Operation operation, long lsn) {
        return Router.everywhere(TABLE, operation, lsn, partitions);
    }

    private List<RoutedChange> update(Row row) throws UnroutableException {
        Optional<String> old = Optional.ofNullable(row.before())
                .flatMap(before -> Router.text(before, TENANT))
                .filter(this::isTenant);
        List<RoutedChange> moved = new ArrayList<>();
        if (old.isPresent() && !old.equals(Router.text(row.after(), TENANT))) {
            moved.addAll(change(row, Operation.DELETE, old.get(), row.before(), null));
        }
        try {
            moved.addAll(present(row, moved.isEmpty() ? Operation.UPDATE : Operation.CREATE));
            return moved;
        } catch (UnroutableException e) {
            throw new UnroutableException(String.valueOf(e.getMessage()), moved);
        }
    }

    private List<RoutedChange> present(Row row, Operation operation) throws UnroutableException {
        String tenant = tenant(row, row.after());
        return Router.text(row.after(), REVOKED).isEmpty()
                ? change(row, operation, tenant, null, row.after())
                : change(row, Operation.DELETE, tenant, row.after(), null);
    }

    /// In every shard: a key may be used in any.
    private List<RoutedChange> change(
            Row row, Operation operation, String tenant, @Nullable Struct before, @Nullable Struct after) {
        return placement.keys(new TenantId(tenant)).stream()
                .map(shard -> new RoutedChange(
                        shard.value(),
                        placement.partition(shard),
                        TABLE.toString(),
                        operation,
                        Router.key(row.key()),
                        id(before),
                        id(after),
                        List.of(),
                        row.lsn()))
                .toList();
    }

    private static Optional<Map<String, String>> id(@Nullable Struct image) {
        return Optional.ofNullable(image)
                .map(row -> Map.of(ID, JsonText.of(row.schema().field(ID).schema(), row.get(ID))));
    }

    private String tenant(Row row, @Nullable Struct image) throws UnroutableException {
        String tenant = Optional.ofNullable(image)
                .flatMap(values -> Router.text(values, TENANT))
                .orElse("");
        if (!isTenant(tenant)) {
            throw new UnroutableException("a row of %s at %d has no tenant that can be one, so it is nobody's"
                    .formatted(row.table(), row.lsn()));
        }
        return tenant;
    }

    private boolean isTenant(String text) {
        return Router.valid(placement, text).isPresent();
    }
}
