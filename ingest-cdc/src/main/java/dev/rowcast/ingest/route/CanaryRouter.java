package dev.rowcast.ingest.route;

import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.Canary;
import dev.rowcast.schemas.shard.Placement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes changes of [Canary]'s row, which is in no catalog.
public final class CanaryRouter {

    private static final String ID = Integer.toString(Canary.ID);

    private final Placement placement;

    CanaryRouter(Placement placement) {
        this.placement = placement;
    }

    /// Whether it is the canary's row, and not a heartbeat.
    public static boolean concerns(Row row) {
        return row.table().equals(Canary.TABLE) && Router.key(row.key()).equals(ID);
    }

    List<RoutedChange> route(Row row) {
        return switch (row.operation()) {
            case CREATE -> change(row, Operation.CREATE, true);
            case READ -> change(row, Operation.SNAPSHOT, true);
            case UPDATE -> change(row, Operation.UPDATE, true);
            case DELETE -> change(row, Operation.DELETE, false);
            case TRUNCATE, MESSAGE -> List.of();
        };
    }

    private List<RoutedChange> change(Row row, Operation operation, boolean lives) {
        Optional<Map<String, String>> image = Optional.of(Map.of("id", ID));
        return List.of(new RoutedChange(
                Canary.TENANT.value(),
                placement.partition(Canary.TENANT),
                row.table().toString(),
                operation,
                ID,
                lives ? Optional.empty() : image,
                lives ? image : Optional.empty(),
                List.of(),
                row.lsn()));
    }
}
