package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import java.util.List;

/// What one request missed: from the journal, and before the journal's floor from the log itself.
final class ReplaySource {

    /// How many changes one turn looks at.
    private static final int MOST_CHANGES = 1_000;

    /// How far before the journal the log is read for a replay; refetching is cheaper than more.
    static final long MOST_BEHIND = 200_000;

    /// What one turn may tell.
    sealed interface Next {

        /// @param end how far a replay is that has told them all
        record Some(List<LoggedChange> changes, long end) implements Next {}

        /// It waits for the log.
        record NotYet() implements Next {}

        /// It cannot be said any more.
        record Lost(ResetReason reason) implements Next {}
    }

    private final ReplayServices services;
    private final TenantId tenant;
    private boolean reading;

    ReplaySource(ReplayServices services, TenantId tenant) {
        this.services = services;
        this.tenant = tenant;
    }

    /// @param at what comes after this offset
    /// @param replayer says what the request is about
    Next next(long at, Position settled, Replayer replayer) {
        if (services.partition().journal().reaches(at)) {
            close();
            return fromJournal(at, settled, replayer);
        }
        return fromLog(at, settled, replayer);
    }

    /// What it reads with is given back.
    void close() {
        if (reading) {
            services.sweep().leave(this);
            reading = false;
        }
    }

    private Next fromJournal(long at, Position settled, Replayer replayer) {
        List<LoggedChange> next =
                services.partition().journal().between(at, settled.offset(), tenant, replayer.names(), MOST_CHANGES);
        return some(next, settled.offset());
    }

    /// @param end where it ends when this is all of it
    private static Next some(List<LoggedChange> next, long end) {
        return new Next.Some(
                next, next.size() < MOST_CHANGES ? end : next.getLast().offset());
    }

    private Next fromLog(long at, Position settled, Replayer replayer) {
        if (!reading && services.partition().journal().floor() - at > MOST_BEHIND) {
            return new Next.Lost(ResetReason.TRIMMED);
        }
        reading = true;
        // Beyond the journal's floor, which moves on meanwhile.
        return switch (services.sweep().next(this, at, settled.offset() + 1)) {
            case Sweep.Next.NotYet() -> new Next.NotYet();
            case Sweep.Next.Gone() -> new Next.Lost(ResetReason.TRIMMED);
            case Sweep.Next.Here(Stretch stretch) -> {
                if (stretch.isOfAnotherEpochThan(settled, at, tenant, services::logged)) {
                    yield new Next.Lost(ResetReason.EPOCH);
                }
                List<LoggedChange> next = stretch.after(at, tenant, replayer.names(), MOST_CHANGES, services::logged);
                yield some(next, stretch.end());
            }
        };
    }
}
