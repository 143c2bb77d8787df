package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    private @Nullable SideReading reading;

    ReplaySource(ReplayServices services, TenantId tenant) {
        this.services = services;
        this.tenant = tenant;
    }

    /// Whether it reads the log itself.
    boolean isReading() {
        return reading != null;
    }

    /// @param at what comes after this offset
    /// @param replayer says what the request is about
    Next next(long at, Position settled, Replayer replayer) {
        if (services.partition().journal().reaches(at)) {
            close();
            return fromJournal(at, settled, replayer);
        }
        return fromLog(at, settled);
    }

    /// What it reads with is given back.
    void close() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    private Next fromJournal(long at, Position settled, Replayer replayer) {
        List<LoggedChange> next =
                services.partition().journal().between(at, settled.offset(), tenant, replayer.names(), MOST_CHANGES);
        return new Next.Some(
                next,
                next.size() < MOST_CHANGES ? settled.offset() : next.getLast().offset());
    }

    private Next fromLog(long at, Position settled) {
        if (reading == null) {
            if (services.partition().journal().floor() - at > MOST_BEHIND) {
                return new Next.Lost(ResetReason.TRIMMED);
            }
            if (!services.mayRead()) {
                return new Next.NotYet();
            }
            reading = services.read(tenant);
        }
        SideReading side = reading;
        // Beyond the journal's floor, which moves on meanwhile.
        return switch (side.next(at + 1, settled.offset() + 1)) {
            case SideReading.Next.NotYet() -> new Next.NotYet();
            case SideReading.Next.Gone() -> new Next.Lost(ResetReason.TRIMMED);
            case SideReading.Next.Some(var records, long end) -> {
                List<LoggedChange> changes = new ArrayList<>();
                records.forEach(record -> services.logged(tenant, record).ifPresent(changes::add));
                yield changes.stream().anyMatch(change -> new Position(change.epoch(), 0).isOfAnotherEpochThan(settled))
                        ? new Next.Lost(ResetReason.EPOCH)
                        : new Next.Some(changes, end);
            }
        };
    }
}
