package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Router;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// What a tenant's change means to whom. Everything that can fail because of what the record holds happens here, before
/// anything is told.
final class Understanding {

    private final Router router;
    private final Admission admission;
    private final Consequences consequences;
    private final Partition partition;
    private final Teller teller;
    private final BooleanSupplier silent;

    /// @param silent whether the log is read again: nobody is told, and what is stored knows it already
    Understanding(
            Router router,
            Admission admission,
            Consequences consequences,
            Partition partition,
            Teller teller,
            BooleanSupplier silent) {
        this.router = router;
        this.admission = admission;
        this.consequences = consequences;
        this.partition = partition;
        this.teller = teller;
        this.silent = silent;
    }

    /// @param told what somebody may have to be told of it
    /// @param outgoing what others than subscribers are told of it; empty while the log is read again
    record Understood(
            LoggedChange change, Optional<OpenTransaction.Waiting> told, Optional<Consequences.Outgoing> outgoing) {}

    /// @param tenant empty when the key is none
    /// @throws UnprocessableException when the change cannot be understood
    Understood of(Optional<TenantId> tenant, Change change, int bytes, Position position, Moment at) {
        try {
            return of(
                    tenant.orElseThrow(() -> new IllegalArgumentException("its key is no tenant")),
                    change,
                    bytes,
                    position,
                    at);
        } catch (RuntimeException e) {
            // What it says of its row holds all the same.
            tenant.ifPresent(its -> keepAnyway(its, change, at));
            throw new UnprocessableException(e);
        }
    }

    private Understood of(TenantId tenant, Change change, int bytes, Position position, Moment at) {
        LoggedChange logged = new LoggedChange(
                tenant,
                position.epoch(),
                position.offset(),
                change.getCapturedUs(),
                bytes,
                router.route(tenant, change, at));
        Optional<OpenTransaction.Waiting> waiting = OpenTransaction.Waiting.of(admission, logged);
        if (!silent.getAsBoolean()) {
            // Rendered texts are kept, so what is told later is not rendered again.
            waiting.ifPresent(teller::frames);
        }
        Optional<Consequences.Outgoing> outgoing = silent.getAsBoolean()
                ? Optional.empty()
                : Optional.of(consequences.of(tenant, change, logged.routed(), position, at));
        keep(tenant, change, at);
        return new Understood(logged, waiting, outgoing);
    }

    private void keep(TenantId tenant, Change change, Moment at) {
        if (!silent.getAsBoolean() && change.getBody() instanceof RowChange row) {
            partition.rows().apply(tenant, row, at);
        }
    }

    private void keepAnyway(TenantId tenant, Change change, Moment at) {
        try {
            keep(tenant, change, at);
        } catch (RuntimeException e) {
            partition.rows().forgetEverything(Optional.of(tenant), at);
        }
    }
}
