package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import java.util.Optional;

/// Where a run begins. The decision is a function of what was published and of what the database shows;
/// everything that could hide a gap is refused instead.
public sealed interface StartPlan {

    /// @return how often the slot was made, this time included
    int generation();

    /// Read the tables first, with a slot made for it.
    ///
    /// @param dropSlot whether a slot whose snapshot was cut stands in the way
    record FirstSnapshot(int generation, boolean dropSlot) implements StartPlan {}

    /// Go on where the last run stopped.
    record Resume(int generation, CaptureProgress progress) implements StartPlan {}

    /// What is published when the run begins, under the epoch in which it publishes.
    ///
    /// @param topicId Kafka's id of `rowcast.changes`
    default CaptureProgress begin(String source, String slotName, SourceIdentity identity, String topicId) {
        Epoch epoch = Epoch.of(topicId, identity.systemIdentifier(), identity.timeline(), generation());
        Optional<CaptureProgress> published = published();
        return new CaptureProgress(
                source,
                epoch.value(),
                topicId,
                identity.systemIdentifier(),
                identity.timeline(),
                slotName,
                generation(),
                published.isPresent(),
                published.map(CaptureProgress::getCommitLsn).orElse(0L),
                published.map(CaptureProgress::getXid).orElse(0L),
                published.map(CaptureProgress::getOpen).orElse(null),
                0L);
    }

    private Optional<CaptureProgress> published() {
        return switch (this) {
            case FirstSnapshot first -> Optional.empty();
            case Resume resume -> Optional.of(resume.progress());
        };
    }

    /// @param progress what was published last, if anything was
    /// @param slot the slot, if there is one; not active
    /// @throws FaultException when the log does not continue where the published changes end
    static StartPlan of(
            String slotName, Optional<CaptureProgress> progress, Optional<SlotState> slot, SourceIdentity source) {
        if (progress.isEmpty()) {
            if (slot.isPresent()) {
                throw unknown(slotName);
            }
            return new FirstSnapshot(1, false);
        }
        CaptureProgress known = progress.get();
        if (!known.getSnapshotDone()) {
            return new FirstSnapshot(known.getGeneration() + 1, slot.isPresent());
        }
        refuseAnotherSource(known, source);
        refuseAGap(slotName, new Lsn(known.getCommitLsn()), slot);
        return new Resume(known.getGeneration(), known);
    }

    private static void refuseAnotherSource(CaptureProgress known, SourceIdentity source) {
        if (!known.getSystemIdentifier().equals(source.systemIdentifier())) {
            throw new FaultException(
                    FaultCode.SOURCE_CHANGED,
                    "the database has system identifier %s, the published changes come from %s"
                            .formatted(source.systemIdentifier(), known.getSystemIdentifier()),
                    "point DATABASE_URL at the right database, or give this one another `source` in the catalog",
                    null);
        }
        if (source.end().compareTo(new Lsn(known.getCommitLsn())) < 0) {
            throw new FaultException(
                    FaultCode.SOURCE_REWOUND,
                    "the database's log ends at %s, changes up to %s are published"
                            .formatted(source.end(), new Lsn(known.getCommitLsn())),
                    "a restored database needs another `source` in the catalog, which takes a new snapshot",
                    null);
        }
    }

    private static void refuseAGap(String slotName, Lsn published, Optional<SlotState> slot) {
        SlotState state = slot.orElseThrow(() -> new FaultException(
                FaultCode.SLOT_MISSING,
                "there is no slot %s, so the changes after %s cannot be read".formatted(slotName, published),
                "restore the slot, or change `source` in the catalog, which takes a new snapshot",
                null));
        if (state.lost()) {
            throw new FaultException(
                    FaultCode.SLOT_LOST,
                    "the log of slot %s after %s is gone".formatted(slotName, published),
                    "raise max_slot_wal_keep_size, then change `source` in the catalog, which takes a new snapshot",
                    null);
        }
        if (state.confirmed().compareTo(published) > 0) {
            throw new FaultException(
                    FaultCode.SLOT_AHEAD,
                    "slot %s is at %s, changes are published up to %s only"
                            .formatted(slotName, state.confirmed(), published),
                    "somebody else read from it or made it anew; change `source` in the catalog for a new snapshot",
                    null);
        }
    }

    private static FaultException unknown(String slotName) {
        return new FaultException(
                FaultCode.SLOT_UNKNOWN,
                "slot %s exists, but this Kafka has no record of what was published from it".formatted(slotName),
                "check KAFKA_BOOTSTRAP_SERVERS; if Kafka was reset: select pg_drop_replication_slot('%s');"
                        .formatted(slotName),
                null);
    }
}
