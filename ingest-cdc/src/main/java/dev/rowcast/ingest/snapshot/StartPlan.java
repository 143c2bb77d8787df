package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Epoch;
import java.util.List;
import java.util.Optional;

/// Where a run begins. The decision is a function of what was published and of what the database shows;
/// everything that could hide a gap is refused instead.
public sealed interface StartPlan {

    /// @return rises each time that the slot is made anew
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
                0L,
                published.map(CaptureProgress::getHeartbeatXid).orElse(0L),
                published.map(CaptureProgress::getQuarantined).orElse(List.of()),
                published.map(CaptureProgress::getPlacement).orElse(""));
    }

    private Optional<CaptureProgress> published() {
        return switch (this) {
            case FirstSnapshot first -> Optional.empty();
            case Resume resume -> Optional.of(resume.progress());
        };
    }

    /// @param givenUp whether an operator gave up an epoch
    /// @param firstGeneration for a source of which nothing is published; never used before
    /// @throws FaultException when the log does not continue where the published changes end
    static StartPlan of(
            String slotName,
            Optional<CaptureProgress> progress,
            Optional<SlotState> slot,
            SourceIdentity source,
            boolean givenUp,
            int firstGeneration) {
        if (progress.isEmpty()) {
            if (slot.isPresent()) {
                throw Continuity.unknown(slotName);
            }
            return new FirstSnapshot(firstGeneration, false);
        }
        CaptureProgress known = progress.get();
        if (givenUp) {
            return new FirstSnapshot(known.getGeneration() + 1, slot.isPresent());
        }
        Continuity continuity = new Continuity(known);
        continuity.refuseAnotherSource(source);
        if (!known.getSnapshotDone()) {
            return new FirstSnapshot(known.getGeneration() + 1, slot.isPresent());
        }
        continuity.refuseAnotherHistory(source);
        continuity.refuseAGap(slotName, slot);
        return new Resume(known.getGeneration(), known);
    }
}
