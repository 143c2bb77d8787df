package dev.rowcast.streams.audience;

import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Router;
import java.util.Optional;

/// What the replays of one partition share.
final class ReplayServices {

    /// Entities that coalescing replays hold on the heap together, with a change of each.
    static final int MOST_COALESCED = 20_000;

    private final Admission admission;
    private final LogRouter router;
    private final CursorCodec cursors;
    private final Partition partition;
    private final Outbox outbox;
    private final RenderedTexts texts = new RenderedTexts();
    private final Sweep sweep;
    private int coalesced;

    ReplayServices(Admission admission, Router router, TopologySettings settings, Partition partition, Outbox outbox) {
        this.admission = admission;
        this.router = new LogRouter(router, partition.epochs());
        this.cursors = settings.cursors();
        this.partition = partition;
        this.outbox = outbox;
        this.sweep = new Sweep(() -> new SideReading(settings.log(), settings.sideReaders(), outbox.partition()));
    }

    Admission admission() {
        return admission;
    }

    Partition partition() {
        return partition;
    }

    Outbox outbox() {
        return outbox;
    }

    RenderedTexts texts() {
        return texts;
    }

    /// What a client resumes from that has everything up to here.
    String cursor(TenantId tenant, Position position) {
        return cursors.encode(tenant, position.cursor(outbox.partition()));
    }

    /// Where the log is read for what the journal has no more.
    Sweep sweep() {
        return sweep;
    }

    /// Whether what the coalescing replays hold together leaves room for more.
    boolean mayHold() {
        return coalesced < MOST_COALESCED;
    }

    /// @param difference in entities
    void hold(int difference) {
        coalesced += difference;
    }

    /// What a record of the log means to the tenant; empty for nothing.
    Optional<LoggedChange> logged(TenantId tenant, LogRecord record) {
        return router.route(tenant, record);
    }
}
