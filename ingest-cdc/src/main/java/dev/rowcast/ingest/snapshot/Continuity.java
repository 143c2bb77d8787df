package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.fault.WayBack;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import java.util.Optional;
import java.util.OptionalLong;

/// Refuses to go on where the database and its slot do not continue what is published.
final class Continuity {

    private final CaptureProgress known;
    private final Lsn published;

    Continuity(CaptureProgress known) {
        this.known = known;
        this.published = new Lsn(known.getCommitLsn());
    }

    void refuseAnotherSource(SourceIdentity source) {
        if (!known.getSystemIdentifier().equals(source.systemIdentifier())) {
            throw refusal(
                    FaultCode.SOURCE_CHANGED,
                    "the database has system identifier %s, the published changes come from %s"
                            .formatted(source.systemIdentifier(), known.getSystemIdentifier()),
                    "point DATABASE_URL at the right database, or give this one another `source` in the catalog; or ");
        }
        if (source.timeline() < known.getTimeline()) {
            throw refusal(
                    FaultCode.SOURCE_REWOUND,
                    "the database is on timeline %d, the published changes come from timeline %d"
                            .formatted(source.timeline(), known.getTimeline()),
                    "this may be a former primary: point DATABASE_URL at the present one; or ");
        }
    }

    /// A promoted standby may never have had what is published, and a restored copy is older; either may have
    /// written so much since that its log is longer.
    void refuseAnotherHistory(SourceIdentity source) {
        if (source.timeline() > known.getTimeline()) {
            Optional<Lsn> left = source.history().endOf(known.getTimeline());
            if (left.isEmpty() || left.get().compareTo(published) < 0) {
                throw rewound("the database left timeline %d at %s, changes up to %s are published"
                        .formatted(known.getTimeline(), left.map(Lsn::toString).orElse("no known place"), published));
            }
        }
        if (source.end().compareTo(published) < 0) {
            throw rewound(
                    "the database's log ends at %s, changes up to %s are published".formatted(source.end(), published));
        }
        long beat = known.getHeartbeatXid();
        if (beat != 0 && isBefore(source.heartbeatXid(), beat)) {
            throw rewound(
                    "the heartbeat of transaction %d is published, but the database does not have it".formatted(beat));
        }
    }

    /// Numbers of transactions wrap around; they are compared on that circle, as the database itself does.
    private static boolean isBefore(OptionalLong present, long published) {
        return present.isEmpty() || (int) (present.getAsLong() - published) < 0;
    }

    void refuseAGap(String slotName, Optional<SlotState> slot) {
        SlotState state = slot.orElseThrow(() -> refusal(
                FaultCode.SLOT_MISSING,
                "there is no slot %s, so the changes after %s cannot be read".formatted(slotName, published),
                ""));
        if (state.lost()) {
            throw refusal(
                    FaultCode.SLOT_LOST,
                    "the log of slot %s after %s is gone".formatted(slotName, published),
                    "raise max_slot_wal_keep_size; ");
        }
        if (state.confirmed().compareTo(published) > 0) {
            throw refusal(
                    FaultCode.SLOT_AHEAD,
                    "slot %s is at %s, changes are published up to %s only"
                            .formatted(slotName, state.confirmed(), published),
                    "somebody else read from it or made it anew; ");
        }
    }

    static FaultException unknown(String slotName) {
        return new FaultException(
                FaultCode.SLOT_UNKNOWN,
                "slot %s exists, but this Kafka has no record of what was published from it".formatted(slotName),
                "check KAFKA_BOOTSTRAP_SERVERS; if Kafka was reset: select pg_drop_replication_slot('%s');"
                        .formatted(slotName),
                null);
    }

    private FaultException rewound(String reason) {
        return refusal(FaultCode.SOURCE_REWOUND, reason, "readers have seen changes that this database never made; ");
    }

    private FaultException refusal(FaultCode code, String reason, String first) {
        String fix = first + WayBack.newSnapshot(known.getSource(), new Epoch(known.getEpoch()));
        return new FaultException(code, reason, fix, null);
    }
}
