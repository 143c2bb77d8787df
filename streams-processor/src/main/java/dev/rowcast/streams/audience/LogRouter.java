package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.history.Epochs;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.route.Router;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What records of the log that are read again mean to one tenant, as of their places in it.
final class LogRouter {

    private final Router router;
    private final Epochs epochs;

    LogRouter(Router router, Epochs epochs) {
        this.router = router;
        this.epochs = epochs;
    }

    /// Empty for nothing.
    Optional<LoggedChange> route(TenantId tenant, LogRecord record) {
        return switch (record.value()) {
            case Incoming.ChangeRecord(Change change, byte[] bytes) -> {
                try {
                    yield meaning(tenant, record, change)
                            .map(routed -> new LoggedChange(
                                    tenant,
                                    change.getEpoch(),
                                    record.offset(),
                                    change.getCapturedUs(),
                                    bytes.length,
                                    routed));
                } catch (RuntimeException e) {
                    yield Optional.of(lost(tenant, record, change.getEpoch()));
                }
            }
            case Incoming.Unreadable unreadable -> Optional.of(lost(tenant, record, 0));
            case Incoming.CommandRecord command -> Optional.empty();
        };
    }

    private Optional<Routed> meaning(TenantId tenant, LogRecord record, Change change) {
        if (change.getBody() instanceof RowChange row && ChangeHandler.isForEveryTenant(record.key(), row)) {
            return router.withoutRow(row).map(cut -> cut);
        }
        Position position = new Position(change.getEpoch(), record.offset());
        return tenant.value().equals(record.key())
                ? Optional.of(router.route(tenant, change, epochs.at(position)))
                : Optional.empty();
    }

    private static LoggedChange lost(TenantId tenant, LogRecord record, long epoch) {
        long writtenUs = TimeUnit.MILLISECONDS.toMicros(record.timestampMs());
        return new LoggedChange(tenant, epoch, record.offset(), writtenUs, 0, Routed.Cut.throughEverything());
    }
}
