package dev.rowcast.streams.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.DeliveryTrail.Sighting;
import dev.rowcast.streams.explain.Examination.Aim;
import dev.rowcast.streams.explain.Examination.Findings;
import dev.rowcast.streams.explain.Examination.Part;
import dev.rowcast.streams.explain.Examination.Seen;
import dev.rowcast.streams.explain.Judge.Decision;
import dev.rowcast.streams.explain.PartitionView.Grant;
import dev.rowcast.streams.explain.PartitionView.Standing;
import dev.rowcast.streams.explain.PartitionView.Subscription;
import dev.rowcast.streams.explain.Verdict.Code;
import dev.rowcast.streams.explain.Verdict.Delivered;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What is not known is said, never guessed.
class JudgeTest {

    private static final Who ALICE = new Who(PrincipalKind.USER, "alice");
    private static final LogRecord RECORD =
            new LogRecord(10, 0, "demo", new Incoming.Unreadable("stands for any", new byte[0]));
    private static final Looked WHOLE = new Looked(5, 1, true, List.of());
    private static final Looked TRIMMED = new Looked(0, 1, false, List.of());
    private static final Looked TOLD =
            new Looked(5, 1, true, List.of(new Sighting("n1", 0, 7, false, List.of("room:1"), List.of(), 0)));

    private static Seen subscribed(long start) {
        return new Seen(
                new Subscription(
                        new TenantId("demo"),
                        TargetKind.CHANNEL,
                        "room:1",
                        "",
                        "n1",
                        Optional.of(ALICE),
                        new Position(1, start),
                        true),
                start < 10,
                Optional.of("CREATE"),
                Grant.MEMBER);
    }

    private static Decision decide(Looked looked, Grant then, Seen... seen) {
        Standing standing =
                new Standing(Optional.of(Access.MEMBERS), then, Optional.empty(), then, Optional.empty(), List.of());
        Aim aim = new Aim(
                TargetKind.CHANNEL,
                "room:1",
                "CREATE",
                Optional.of(Access.MEMBERS),
                List.of(seen),
                false,
                Optional.of(standing));
        PartitionView.State state = new PartitionView.State(
                new Position(1, 20), new Position(1, 20), 0, 0, 1, List.of(), List.of(new Position(1, 0)));
        Findings findings = new Findings(
                state,
                false,
                Optional.empty(),
                List.of(new Part(new Routed.Silent(), List.of(aim))),
                true,
                false,
                false);
        return new Judge(RECORD, findings, Optional.of(ALICE), looked).decide();
    }

    @Test
    @DisplayName("a membership that is kept no more is unknown, not missing")
    void aMembershipThatIsKeptNoMoreIsUnknown() {
        assertThat(decide(WHOLE, Grant.UNKNOWN, subscribed(5)))
                .extracting(Decision::code, Decision::delivered)
                .containsExactly(Code.UNKNOWN, Delivered.UNKNOWN);
    }

    @Test
    @DisplayName("that nobody was told is claimed only where everything that nodes were told could be read")
    void nobodyWasToldOnlyWhereThatCouldBeRead() {
        assertThat(decide(WHOLE, Grant.MEMBER).delivered()).isEqualTo(Delivered.NO);
        assertThat(decide(TRIMMED, Grant.MEMBER).delivered()).isEqualTo(Delivered.UNKNOWN);
        assertThat(decide(TOLD, Grant.MEMBER).delivered()).isEqualTo(Delivered.UNKNOWN);
    }

    @Test
    @DisplayName("a subscription that starts later may be that of a client which came back")
    void aLaterStartMayBeThatOfAClientWhichCameBack() {
        assertThat(decide(WHOLE, Grant.MEMBER, subscribed(15)))
                .extracting(Decision::code, Decision::delivered)
                .containsExactly(Code.SUBSCRIBED_LATER, Delivered.NO);
        assertThat(decide(TOLD, Grant.MEMBER, subscribed(15)).delivered()).isEqualTo(Delivered.UNKNOWN);
    }

    @Test
    void whoHasARightOfThenAndASubscriptionFromBeforeGotIt() {
        assertThat(decide(TRIMMED, Grant.MEMBER, subscribed(5)))
                .extracting(Decision::code, Decision::delivered)
                .containsExactly(Code.DELIVERED, Delivered.YES);
    }
}
