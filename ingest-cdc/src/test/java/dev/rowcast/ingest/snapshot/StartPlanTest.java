package dev.rowcast.ingest.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.ingest.slot.TimelineHistory;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Lsn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StartPlanTest {

    private static final int NEXT = 7;
    private static final long XID = 100;

    @Test
    void withoutARecordTheGenerationIsNew() {
        assertThat(StartPlan.of("s", Optional.empty(), Optional.empty(), source(1, "", XID), false, NEXT))
                .isEqualTo(new StartPlan.FirstSnapshot(NEXT, false));
    }

    @Test
    void theSameHistoryGoesOn() {
        assertThat(plan(1, source(1, "", XID))).isInstanceOf(StartPlan.Resume.class);
    }

    @Test
    @DisplayName("I-4: a promotion behind what is published goes on")
    void aPromotionBehindWhatIsPublishedGoesOn() {
        assertThat(plan(1, source(2, "1\t0/5000\tno recovery target specified\n", XID)))
                .isInstanceOf(StartPlan.Resume.class);
    }

    @Test
    @DisplayName("I-4: a promotion before what is published is another history")
    void aPromotionBeforeWhatIsPublishedIsAnotherHistory() {
        assertRewound(1, source(2, "1\t0/4FFF\tno recovery target specified\n", XID));
    }

    @Test
    void aTimelineThatTheDatabaseNeverHadIsAnotherHistory() {
        assertRewound(2, source(3, "1\t0/6000\treason\n", XID));
    }

    @Test
    @DisplayName("I-4: a former primary is on an earlier timeline")
    void aFormerPrimaryIsOnAnEarlierTimeline() {
        assertRewound(2, source(1, "", XID));
    }

    @Test
    void anOlderHeartbeatIsAnotherHistory() {
        assertRewound(1, source(1, "", XID - 1));
    }

    @Test
    void aMissingHeartbeatIsAnotherHistory() {
        assertRewound(
                1, new SourceIdentity("db", 1, TimelineHistory.parse(""), Lsn.parse("0/9000"), OptionalLong.empty()));
    }

    @Test
    void transactionNumbersAreComparedOnTheirCircle() {
        CaptureProgress before = progress(1, 0xffff_fff0L);
        assertThat(StartPlan.of("s", Optional.of(before), slot("0/4000"), source(1, "", 5), false, NEXT))
                .isInstanceOf(StartPlan.Resume.class);
    }

    @Test
    @DisplayName("I-3: an epoch that was given up begins anew, whatever there is")
    void anEpochThatWasGivenUpBeginsAnew() {
        CaptureProgress gone = progress(1, XID);
        assertThat(StartPlan.of("s", Optional.of(gone), slot("0/8000"), source(1, "", XID), true, NEXT))
                .isEqualTo(new StartPlan.FirstSnapshot(4, true));
    }

    private static void assertRewound(int timeline, SourceIdentity source) {
        assertThatThrownBy(() -> plan(timeline, source)).isInstanceOfSatisfying(FaultException.class, refused -> {
            assertThat(refused.fault().code()).isEqualTo(FaultCode.SOURCE_REWOUND);
            assertThat(refused.fault().fix()).contains("rowcast.resnapshots").contains("'000000000000002a'");
        });
    }

    private static StartPlan plan(int timeline, SourceIdentity source) {
        return StartPlan.of("s", Optional.of(progress(timeline, XID)), slot("0/4000"), source, false, NEXT);
    }

    private static CaptureProgress progress(int timeline, long heartbeatXid) {
        return new CaptureProgress(
                "app", 42L, "topic", "db", timeline, "s", 3, true, 0x5000L, 90L, null, 0L, heartbeatXid, List.of(), "");
    }

    private static SourceIdentity source(int timeline, String history, long heartbeatXid) {
        return new SourceIdentity(
                "db", timeline, TimelineHistory.parse(history), Lsn.parse("0/9000"), OptionalLong.of(heartbeatXid));
    }

    private static Optional<SlotState> slot(String confirmed) {
        return Optional.of(new SlotState(
                Optional.empty(), "reserved", Lsn.parse(confirmed), 0, 0, OptionalLong.empty(), OptionalLong.empty()));
    }
}
