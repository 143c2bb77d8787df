package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Replays that take more than a turn: live changes pass them, a crash does not lose them, and what the journal has not
/// comes from the log.
class ReplaysTest {

    private static final int LONG = 500;
    private static final String TEN_KILOBYTES = "x".repeat(10_000);
    private static final JournalLimits SHORT = new JournalLimits(10, 1 << 20, Duration.ofDays(1));

    private RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);

    @Test
    void liveChangesPassALongReplay() {
        longPast();
        task.command("demo", subscribe("n2", 1, ALICE, after(LONG - 1), channel("vault:2")));

        List<Delivery> got =
                new ArrayList<>(task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1"))));
        assertThat(bodies(got, Subscribed.class)).isEmpty();
        List<Delivery> live = task.change("demo", LONG, small(LONG, 2));

        assertThat(live.getFirst().getNode()).isEqualTo("n2");
        assertThat(live).filteredOn(each -> each.getNode().equals("n1")).hasSize(1);
        got.addAll(live);
        got.addAll(task.idle());
        assertThat(offsets(got, "n1")).isEqualTo(offsets(0, LONG));
        assertThat(got.getLast().getBody()).isInstanceOf(Subscribed.class);
        assertThat(got.getLast().getOffset()).isEqualTo(LONG);
    }

    @Test
    void noPieceIsLongerThanItsBound() {
        longPast();

        List<Delivery> got =
                new ArrayList<>(task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1"))));
        got.addAll(task.idle());

        assertThat(bodies(got, Frames.class))
                .hasSizeGreaterThan(LONG * 10_000 / Piece.MOST_BYTES)
                .allSatisfy(piece -> {
                    assertThat(piece.getFrames().stream().mapToLong(Sizes::of).sum())
                            .isLessThanOrEqualTo(Piece.MOST_BYTES);
                    assertThat(piece.getRequest()).isEqualTo(9);
                });
    }

    @Test
    void whatHappensDuringTheReplayIsPartOfItAndThenComesLive() {
        longPast();

        List<Delivery> got =
                new ArrayList<>(task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1"))));
        got.addAll(task.change("demo", LONG, small(LONG, 1)));
        got.addAll(task.idle());
        got.addAll(task.change("demo", LONG + 1, small(LONG + 1, 1)));

        assertThat(offsets(got, "n1")).isEqualTo(offsets(0, LONG + 2));
        assertThat(((Frames) got.getLast().getBody()).getRequest()).isNull();
        assertThat(got.get(got.size() - 2).getBody()).isInstanceOf(Subscribed.class);
    }

    @Test
    void aCrashDoesNotLoseTheRequest() {
        longPast();
        task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1")));

        task.restart();
        List<Delivery> got = task.idle();

        assertThat(offsets(got, "n1")).isEqualTo(offsets(0, LONG));
        assertThat(bodies(got, Subscribed.class))
                .extracting(Subscribed::getRequest)
                .containsExactly(9L);
        task.restart();
        assertThat(task.idle()).isEmpty();
    }

    @Test
    void severalLongReplaysTakeTurns() {
        longPast();
        task.command("demo", subscribe("n1", 8, ALICE, after(-1), channel("vault:1")));
        task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1")));

        assertThat(requests(task.change("demo", LONG, small(LONG, 2)))).containsExactly(8L);
        assertThat(requests(task.change("demo", LONG + 1, small(LONG, 2)))).containsExactly(9L);
        assertThat(requests(task.change("demo", LONG + 2, small(LONG, 2)))).containsExactly(8L);
    }

    @Test
    void aShortReplayDoesNotWaitForALongOne() {
        longPast();
        task.command("demo", subscribe("n1", 8, ALICE, after(-1), channel("vault:1")));
        task.change("demo", LONG, small(LONG, 1));

        List<Delivery> answer = task.command("demo", subscribe("n1", 9, ALICE, after(LONG - 1), channel("vault:1")));

        assertThat(answer).extracting(Delivery::getBody).last().isInstanceOf(Subscribed.class);
    }

    @Test
    void whatIsNoLongerWantedIsNotReplayed() {
        longPast();
        task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1")));

        task.command("demo", unsubscribe("n1", ALICE, channel("vault:1")));

        List<Delivery> got = task.idle();
        assertThat(bodies(got, Frames.class)).isEmpty();
        assertThat(bodies(got, Subscribed.class)).hasSize(1);
        assertThat(task.change("demo", LONG, small(LONG, 1))).isEmpty();
    }

    @Test
    @DisplayName("P2: who gave up a request that several share is not let in by it after a crash, and the others are")
    void whoGaveUpASharedRequestIsNotLetInAfterACrash() {
        task.change("demo", 0, inserted("public.room_members", "1", 1, member("alice")));
        task.change("demo", 1, inserted("public.room_members", "2", 2, member("bob")));
        for (int i = 2; i < LONG; i++) {
            Map<String, String> message = Map.of("id", "" + i, "room_id", "1", "title", '"' + TEN_KILOBYTES + '"');
            task.change("demo", i, inserted("public.messages", "" + i, 10 + i, message));
        }
        task.command("demo", attach("n1", 0));
        Principal bob = new Principal("bob", PrincipalKind.USER);
        Subscribe both = new Subscribe(9L, ALICE, List.of(channel("room:1")), after(1), List.of(bob), false);
        task.command("demo", Samples.command("n1", 0, both));

        task.command("demo", unsubscribe("n1", bob, channel("room:1")));
        for (int crash = 0; crash < 2; crash++) {
            task.restart();
            // One turn, in which what is stored is stored again.
            task.change("demo", LONG + crash, small(LONG + crash, 2));
        }
        List<Delivery> got = new ArrayList<>(task.idle());
        task.restart();
        task.command("demo", unsubscribe("n1", ALICE, channel("room:1")));

        assertThat(bodies(got, Subscribed.class))
                .extracting(Subscribed::getAccepted)
                .containsExactly(List.of(channel("room:1")));
        // Nobody on the node wants it any more.
        assertThat(task.change("demo", LONG + 2, inserted("public.messages", "z", 9_999, Map.of("room_id", "1"))))
                .isEmpty();
    }

    private static Map<String, String> member(String who) {
        return Map.of("id", "1", "room_id", "1", "user_id", '"' + who + '"', "role", "\"member\"");
    }

    @Test
    void aNodeThatIsGoneIsNotReplayedTo() {
        longPast();
        task.command("demo", subscribe("n1", 9, ALICE, after(-1), channel("vault:1")));

        task.command("demo", detach("n1"));

        assertThat(task.idle()).isEmpty();
        task.restart();
        assertThat(task.idle()).isEmpty();
    }

    @Test
    void aStartBeforeTheJournalIsServedFromTheLog() {
        task = new RestartableTask(SHORT);
        past(100);

        List<Delivery> got = task.command("demo", subscribe("n1", 9, ALICE, after(19), channel("vault:1")));

        assertThat(offsets(got, "n1")).isEqualTo(offsets(20, 100));
        assertThat(got.getLast().getBody()).isInstanceOf(Subscribed.class);
        assertThat(task.log().read()).isLessThanOrEqualTo(80);
    }

    @Test
    void theLogIsReadBesideLiveChanges() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        task = new RestartableTask(Samples.CATALOG, SHORT, waiting::add);
        past(5_000);

        List<Delivery> got =
                new ArrayList<>(task.command("demo", subscribe("n1", 9, ALICE, after(9), channel("vault:1"))));
        assertThat(got).isEmpty();
        long offset = 5_000;
        while (offset < 5_100 && bodies(got, Subscribed.class).isEmpty()) {
            got.addAll(task.change("demo", offset, small((int) offset, 1)));
            offset++;
            if (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }

        assertThat(offsets(got, "n1")).isEqualTo(offsets(10, offset));
    }

    @Test
    @DisplayName("P8: however many positions are older than the journal, they cost about two readings of the log")
    void startsBeforeTheJournalShareOneReading() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        task = new RestartableTask(Samples.CATALOG, SHORT, waiting::add);
        past(3_000);

        List<Delivery> got = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            got.addAll(task.command(
                    "demo", subscribe("n1", i, ALICE, after(i % 2 == 0 ? 9 : 1_509), channel("vault:1"))));
        }
        for (int turns = 0; turns < 100 && bodies(got, Subscribed.class).size() < 100; turns++) {
            got.addAll(task.idle());
            if (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }

        assertThat(bodies(got, Subscribed.class)).hasSize(100);
        assertThat(bodies(got, Reset.class)).isEmpty();
        assertThat(offsets(of(got, 0), "n1")).isEqualTo(offsets(10, 3_000));
        assertThat(offsets(of(got, 99), "n1")).isEqualTo(offsets(1_510, 3_000));
        assertThat(task.log().read()).isLessThan(2 * 3_000);
        assertThat(waiting).hasSizeLessThan(2);
    }

    @Test
    @DisplayName("P3: who asks for what the log is about to forget is reset, and who asks for what is left is served")
    void whatIsForgottenWhileItIsReadIsReset() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        task = new RestartableTask(Samples.CATALOG, SHORT, waiting::add);
        past(100);
        List<Delivery> got =
                new ArrayList<>(task.command("demo", subscribe("n1", 8, ALICE, after(9), channel("vault:1"))));
        got.addAll(task.command("demo", subscribe("n1", 9, ALICE, after(29), channel("vault:1"))));

        task.log().trim(20);
        for (int turns = 0; turns < 10; turns++) {
            got.addAll(task.idle());
            if (!waiting.isEmpty()) {
                waiting.removeFirst().run();
            }
        }

        assertThat(bodies(got, Reset.class)).extracting(Reset::getRequest).containsExactly(8L);
        assertThat(offsets(of(got, 9), "n1")).isEqualTo(offsets(30, 100));
    }

    @Test
    @DisplayName("P8: who waits for the log hears every three seconds that it is read, and after a minute is reset")
    void whoWaitsForTheLogHearsOfIt() {
        task = new RestartableTask(Samples.CATALOG, SHORT, never -> {});
        past(100);
        task.command("demo", subscribe("n1", 8, ALICE, after(9), channel("vault:1")));

        List<Delivery> first = new ArrayList<>(beingRead(Duration.ofSeconds(4)));
        List<Delivery> later = new ArrayList<>(beingRead(Duration.ofSeconds(60)));

        assertThat(bodies(first, Frames.class)).containsExactly(new Frames(8L, null, List.of()));
        assertThat(first).filteredOn(each -> each.getBody() instanceof Frames).allMatch(each -> each.getOffset() == 9);
        assertThat(bodies(later, Reset.class)).extracting(Reset::getReason).containsExactly(ResetReason.TRIMMED);
        assertThat(bodies(later, Subscribed.class)).hasSize(1);
    }

    private List<Delivery> beingRead(Duration time) {
        List<Delivery> got = new ArrayList<>();
        for (int second = 0; second < time.toSeconds(); second++) {
            task.command("demo", attach("n1", 0));
            got.addAll(task.passTime(Duration.ofSeconds(1)));
        }
        return got;
    }

    @Test
    @DisplayName("P8: who is about to give up is not replayed to but reset, unless that is short")
    void whoIsAboutToGiveUpIsNotReplayedTo() {
        task = new RestartableTask(JournalLimits.DEFAULTS);
        task.passTime(Duration.ofMinutes(1));
        past(2_000);

        List<Delivery> late =
                task.command("demo", subscribe("n1", 8, ALICE, after(9), channel("vault:1")), Duration.ofSeconds(8));
        List<Delivery> lateAndShort = task.command(
                "demo", subscribe("n1", 9, ALICE, after(1_899), channel("vault:1")), Duration.ofSeconds(8));
        List<Delivery> inTime =
                task.command("demo", subscribe("n1", 10, ALICE, after(9), channel("vault:1")), Duration.ofSeconds(6));

        assertThat(late).extracting(Delivery::getBody).hasSize(2).first().isInstanceOf(Reset.class);
        assertThat(late).extracting(Delivery::getBody).last().isInstanceOf(Subscribed.class);
        assertThat(offsets(lateAndShort, "n1")).isEqualTo(offsets(1_900, 2_000));
        assertThat(offsets(inTime, "n1")).startsWith(10L);
    }

    @Test
    void aLogThatCannotBeReadIsReset() {
        task = new RestartableTask(SHORT);
        past(100);
        task.log().fail();

        assertThat(bodies(task.command("demo", subscribe("n1", 8, ALICE, after(9), channel("vault:1"))), Reset.class))
                .extracting(Reset::getReason)
                .containsExactly(ResetReason.TRIMMED);
    }

    /// What the request was told.
    private static List<Delivery> of(List<Delivery> deliveries, long request) {
        return deliveries.stream()
                .filter(each -> each.getBody() instanceof Frames frames
                        && frames.getRequest() != null
                        && frames.getRequest() == request)
                .toList();
    }

    @Test
    void aStartThatTheLogHasNotIsReset() {
        task = new RestartableTask(SHORT);
        past(100);
        task.log().trim(20);

        assertThat(task.command("demo", subscribe("n1", 8, ALICE, after(18), channel("vault:1")))
                        .getFirst()
                        .getBody())
                .isEqualTo(new Reset(8L, ALICE, ResetReason.TRIMMED, List.of(channel("vault:1"))));
        assertThat(offsets(task.command("demo", subscribe("n1", 9, ALICE, after(19), channel("vault:1"))), "n1"))
                .isEqualTo(offsets(20, 100));
    }

    @Test
    void aStartTooFarBehindIsReset() {
        task = new RestartableTask(SHORT);
        past(20);
        long far = 20 + ReplaySource.MOST_BEHIND;
        for (long offset = far; offset < far + 20; offset++) {
            task.change("demo", offset, small((int) offset, 1));
        }

        assertThat(task.command("demo", subscribe("n1", 8, ALICE, after(0), channel("vault:1")))
                        .getFirst()
                        .getBody())
                .isEqualTo(new Reset(8L, ALICE, ResetReason.TRIMMED, List.of(channel("vault:1"))));
    }

    private void longPast() {
        task.command("demo", attach("n1", 0));
        task.command("demo", attach("n2", 0));
        for (int offset = 0; offset < LONG; offset++) {
            task.change(
                    "demo", offset, inserted("public.sources", "" + offset, offset, source(offset, 1, TEN_KILOBYTES)));
        }
    }

    private void past(int changes) {
        task.command("demo", attach("n1", 0));
        for (int offset = 0; offset < changes; offset++) {
            task.change("demo", offset, small(offset, 1));
        }
    }

    private static Change small(int id, int vault) {
        return inserted("public.sources", "" + id, id, source(id, vault, "t"));
    }

    private static List<Long> offsets(long from, long until) {
        return LongStream.range(from, until).boxed().toList();
    }

    private static List<Long> offsets(List<Delivery> deliveries, String node) {
        return deliveries.stream()
                .filter(delivery -> delivery.getNode().equals(node))
                .map(Delivery::getBody)
                .filter(Frames.class::isInstance)
                .flatMap(body -> ((Frames) body).getFrames().stream())
                .map(Frame::getOffset)
                .toList();
    }

    private static List<Long> requests(List<Delivery> deliveries) {
        return bodies(deliveries, Frames.class).stream().map(Frames::getRequest).toList();
    }

    private static <T> List<T> bodies(List<Delivery> deliveries, Class<T> type) {
        return deliveries.stream()
                .map(Delivery::getBody)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
