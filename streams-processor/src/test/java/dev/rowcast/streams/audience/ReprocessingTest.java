package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.ordering.Position;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What a task does that died and reads part of its input again, with stores that are ahead of it.
class ReprocessingTest {

    /// Of the stores in a crash: nothing of the nodes is saved, and everything of the others.
    private static final Random LOSES_WHAT_NODES_SAID = new Random() {
        private int asked;

        @Override
        public int nextInt(int bound) {
            return asked++ < 2 ? bound - 1 : 0;
        }
    };

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);

    @Test
    void aRestartRebuildsWhoWantsWhat() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.change("demo", 0, rowInVault1(0));

        task.restart();

        assertThat(task.change("demo", 1, rowInVault1(1)))
                .singleElement()
                .satisfies(delivery -> assertThat(delivery.getOffset()).isEqualTo(1));
    }

    @Test
    void aRestartKeepsThePosition() {
        task.change("demo", 41, rowInVault1(41));

        task.restart();

        assertThat(task.storedPosition()).isEqualTo(new Position(EPOCH, 41));
        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getEpoch, Delivery::getOffset)
                .containsExactly(tuple(EPOCH, 41L));
    }

    @Test
    void whatIsReadAgainIsDeliveredAgainAtTheSamePosition() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        List<Delivery> first = task.change("demo", 0, rowInVault1(0));
        task.change("demo", 1, rowInVault1(1));

        task.restart();
        List<Delivery> again = task.change("demo", 0, rowInVault1(0));

        assertThat(again).hasSameSizeAs(first);
        assertThat(again.getFirst().getOffset()).isEqualTo(first.getFirst().getOffset());
        assertThat(again.getFirst().getBody()).isEqualTo(first.getFirst().getBody());
    }

    @Test
    void aSubscriptionGetsNothingOfWhatItsStartHasAlready() {
        task.command("demo", attach("n1", 0));
        for (int offset = 0; offset <= 5; offset++) {
            task.change("demo", offset, rowInVault1(offset));
        }
        task.command("demo", subscribe("n1", 1, ALICE, after(3), channel("vault:1")));

        task.restart();

        assertThat(task.change("demo", 3, rowInVault1(3))).isEmpty();
        assertThat(task.change("demo", 4, rowInVault1(4))).hasSize(1);
    }

    @Test
    void anotherSessionOfTheNodeThatStartsLaterTakesNothingFromTheFirst() {
        task.command("demo", attach("n1", 0));
        for (int offset = 0; offset <= 5; offset++) {
            task.change("demo", offset, rowInVault1(offset));
        }
        task.command("demo", subscribe("n1", 1, ALICE, after(1), channel("vault:1")));
        task.command("demo", subscribe("n1", 2, ALICE, after(5), channel("vault:1")));

        task.restart();

        assertThat(task.change("demo", 2, rowInVault1(2))).hasSize(1);
    }

    @Test
    void afterAResetASubscriptionStartsWhereTheResetWas() {
        task.change("demo", 10, rowInVault1(10));
        task.restart();
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, after(3), channel("vault:1")));

        assertThat(task.change("demo", 10, rowInVault1(10))).isEmpty();
        assertThat(task.change("demo", 11, rowInVault1(11))).hasSize(1);
    }

    @Test
    void whoSubscribesWhileInputIsReadAgainMissesNothing() {
        task.command("demo", attach("n1", 0));
        for (int offset = 0; offset <= 5; offset++) {
            task.change("demo", offset, rowInVault1(offset));
        }
        task.restart();
        task.change("demo", 2, rowInVault1(2));
        task.change("demo", 3, rowInVault1(3));

        List<Delivery> answer = task.command("demo", subscribe("n1", 1, ALICE, after(1), channel("vault:1")));
        List<Delivery> live = task.change("demo", 4, rowInVault1(4));

        assertThat(answer).extracting(Delivery::getOffset).containsExactly(3L, 3L);
        assertThat(answer.getFirst().getBody())
                .isInstanceOfSatisfying(
                        Frames.class,
                        replayed -> assertThat(replayed.getFrames())
                                .extracting(Frame::getEntity)
                                .containsExactly("source:2", "source:3"));
        assertThat(answer.getLast().getBody()).isInstanceOf(Subscribed.class);
        assertThat(live).extracting(Delivery::getOffset).containsExactly(4L);
    }

    @Test
    void aStartFromBeforeTheRestartIsReplayedFromTheLog() {
        task.command("demo", attach("n1", 0));
        task.change("demo", 0, rowInVault1(0));
        task.change("demo", 1, rowInVault1(1));

        task.restart();

        assertThat(task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("vault:1"))))
                .extracting(Delivery::getBody)
                .satisfiesExactly(
                        replayed -> assertThat(entities(replayed)).containsExactly("source:1"),
                        answer -> assertThat(answer).isInstanceOf(Subscribed.class));
    }

    @Test
    void aStartThatTheLogNoLongerHasIsReset() {
        task.command("demo", attach("n1", 0));
        for (int offset = 0; offset <= 5; offset++) {
            task.change("demo", offset, rowInVault1(offset));
        }
        task.log().trim(3);

        task.restart();

        assertThat(task.command("demo", subscribe("n1", 1, ALICE, after(1), channel("vault:1")))
                        .getFirst()
                        .getBody())
                .isEqualTo(new Reset(1L, ALICE, ResetReason.TRIMMED, List.of(channel("vault:1"))));
        assertThat(task.command("demo", subscribe("n1", 2, ALICE, after(2), channel("vault:1"))))
                .extracting(Delivery::getBody)
                .satisfiesExactly(
                        replayed -> assertThat(entities(replayed)).containsExactly("source:3", "source:4", "source:5"),
                        answer -> assertThat(answer).isInstanceOf(Subscribed.class));
    }

    @Test
    @DisplayName("P3: whoever listens is reset when the log forgets faster than it is read")
    void whoeverListensIsResetWhenTheLogForgetsFasterThanItIsRead() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.change("demo", 0, rowInVault1(0));
        task.log().put(10, "demo", new Incoming.Unreadable("of no interest here", new byte[0]));
        task.log().trim(10);

        List<Delivery> deliveries = task.change("demo", 10, rowInVault1(10));

        assertResetAndThenSource10(deliveries);
    }

    @Test
    @DisplayName("Nobody is reset for offsets that marks of transactions have, or transactions that were taken back")
    void nobodyIsResetForOffsetsWithoutAChange() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.change("demo", 0, rowInVault1(0));
        task.change("demo", 2, rowInVault1(2));
        List<Delivery> afterAnAbort = task.change("demo", 30, rowInVault1(30));

        assertThat(afterAnAbort).extracting(Delivery::getBody).hasOnlyElementsOfType(Frames.class);
    }

    private static void assertResetAndThenSource10(List<Delivery> deliveries) {
        assertThat(deliveries)
                .extracting(Delivery::getBody)
                .satisfiesExactly(
                        reset -> assertThat(reset)
                                .isEqualTo(new Reset(null, null, ResetReason.TRIMMED, List.of(channel("vault:1")))),
                        live -> assertThat(entities(live)).containsExactly("source:10"));
    }

    @Test
    void whoeverListensIsResetWhenTheLogLostWhatWasNeverProcessed() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.change("demo", 0, rowInVault1(0));
        task.log().trim(1);
        task.log().put(10, "demo", new Incoming.Unreadable("of no interest here", new byte[0]));

        task.restart();
        List<Delivery> deliveries = task.change("demo", 10, rowInVault1(10));

        assertResetAndThenSource10(deliveries);
    }

    @Test
    void aTransactionIsWholeAlthoughTheTaskDiedInIt() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        assertThat(task.change("demo", 0, partInVault1(0, false))).isEmpty();
        assertThat(task.change("demo", 1, partInVault1(1, false))).isEmpty();

        task.restart();
        List<Delivery> delivered = task.change("demo", 2, partInVault1(2, true));

        assertThat(delivered).singleElement().satisfies(delivery -> {
            assertThat(delivery.getOffset()).isEqualTo(2);
            assertThat(entities(delivery.getBody())).containsExactly("source:0", "source:1", "source:2");
        });
    }

    @Test
    void aTransactionThatIsReadAgainFromItsMiddleIsWhole() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.change("demo", 0, partInVault1(0, false));
        task.change("demo", 1, partInVault1(1, false));
        List<Delivery> first = task.change("demo", 2, partInVault1(2, true));

        task.restart();
        assertThat(task.change("demo", 1, partInVault1(1, false))).isEmpty();
        List<Delivery> again = task.change("demo", 2, partInVault1(2, true));

        assertThat(again).extracting(Delivery::getOffset).containsExactly(2L);
        assertThat(again.getFirst().getBody()).isEqualTo(first.getFirst().getBody());
    }

    @Test
    void whoAttachesInTheMiddleOfATransactionStartsBeforeIt() {
        task.change("demo", 7, rowInVault1(7));
        task.change("demo", 8, partInVault1(8, false));

        task.restart();

        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getOffset)
                .containsExactly(7L);
    }

    @Test
    void aNodeThatIsGoneIsUnknownEvenWhereItsSubscriptionsOutliveIt() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.command("demo", detach("n1"));

        task.restart();

        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(false));
        assertThat(task.change("demo", 0, rowInVault1(0))).isEmpty();
        task.command("demo", subscribe("n1", 2, ALICE, fromTheBeginning(), channel("vault:1")));
        assertThat(task.change("demo", 1, rowInVault1(1))).hasSize(1);
    }

    @Test
    void aNodeIsToldOnceMoreThatItHasNothingWhenACrashMayHaveTakenThatBack() {
        task.command("demo", attach("n1", 0));

        task.crash(AudienceProcessor.NODES_STORE, 0);

        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(false));
        task.passTime(Lease.CHECK);
        task.passTime(Lease.CHECK);
        task.crash(AudienceProcessor.NODES_STORE, 0);
        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(true));
    }

    @Test
    void whatAnUnknownNodeHadIsKeptUntilItsAnswerIsCommitted() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.passTime(Lease.CHECK);
        task.passTime(Lease.CHECK);
        task.commit();
        task.command("demo", detach("n1"));
        task.command("demo", attach("n1", 0));

        task.crash(LOSES_WHAT_NODES_SAID);

        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(true));
        assertThat(task.change("demo", 0, rowInVault1(0))).hasSize(1);
    }

    @Test
    void whatAnUnknownNodeDoesNotAskForAgainIsRemoved() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        task.command("demo", subscribe("n1", 2, ALICE, fromTheBeginning(), channel("vault:2")));
        task.command("demo", detach("n1"));
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 3, ALICE, fromTheBeginning(), channel("vault:2")));
        task.passTime(Lease.CHECK);
        task.passTime(Lease.CHECK);

        task.restart();

        assertThat(task.change("demo", 0, rowInVault1(0))).isEmpty();
    }

    private static List<String> entities(Object body) {
        return ((Frames) body).getFrames().stream().map(Frame::getEntity).toList();
    }

    private static Change partInVault1(long offset, boolean last) {
        return change(row(
                Operation.CREATE,
                "public.sources",
                "" + offset,
                null,
                source((int) offset, 1, "t"),
                1_000 + offset,
                last));
    }

    private static Change rowInVault1(long offset) {
        return inserted("public.sources", "" + offset, 1_000 + offset, source((int) offset, 1, "t"));
    }
}
