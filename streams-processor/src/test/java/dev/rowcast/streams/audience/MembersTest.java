package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.command;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Admission;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Channels with members: who is let in when.
class MembersTest {

    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final Principal ALICE_KEY = new Principal("alice", PrincipalKind.KEY);
    private static final Target ROOM = channel("room:1");
    private static final String MEMBERS = "public.room_members";

    /// A membership means the user and the key, so both are told.
    private static final List<Object> ALICE_REVOKED =
            List.of(new Revoked(ALICE, List.of(ROOM)), new Revoked(ALICE_KEY, List.of(ROOM)));

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private long offset;

    @BeforeEach
    void attachNode() {
        task.command("demo", attach("n1", 0));
    }

    @Test
    @DisplayName("who is no member is refused, as is who asks for a channel that does not exist")
    void whoIsNoMemberIsRefused() {
        join("1", 1, "bob");

        assertThat(subscribed(subscribe("n1", 1, ALICE, now(), ROOM, channel("room:99")))
                        .getRejected())
                .containsExactly(ROOM, channel("room:99"));
        message(1);
        assertThat(message(1)).isEmpty();
    }

    @Test
    @DisplayName("a member gets what comes after its start, and is let in by name before that")
    void aMemberIsLetIn() {
        join("1", 1, "alice");
        message(1);

        List<Delivery> answer = task.command("demo", subscribe("n1", 1, ALICE, after(offset - 2), ROOM));

        assertThat(answer)
                .extracting(Delivery::getBody)
                .hasSize(3)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isEqualTo(new Admitted(
                                        1L,
                                        List.of(new Admission(
                                                ALICE, ROOM, List.of(new Span(offset - 2, offset - 1)))))),
                        second -> assertThat(second).isInstanceOf(Frames.class),
                        third -> assertThat(third).isInstanceOf(Subscribed.class));
        assertThat(message(1)).hasSize(1);
    }

    @Test
    @DisplayName("memberships are not for anonymous credentials, whatever they are called")
    void membershipsAreNotForAnonymous() {
        join("1", 1, ANYBODY.getId());

        assertThat(subscribed(subscribe("n1", 1, ANYBODY, now(), ROOM)).getRejected())
                .containsExactly(ROOM);
    }

    @Test
    @DisplayName("a membership means the user and the key of that id, and each subscribes for itself")
    void aMembershipMeansUserAndKey() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));
        subscribed(subscribe("n1", 2, ALICE_KEY, now(), ROOM));

        task.command("demo", unsubscribe("n1", ALICE, ROOM));
        assertThat(message(1)).hasSize(1);
        task.command("demo", unsubscribe("n1", ALICE_KEY, ROOM));
        assertThat(message(1)).isEmpty();
    }

    @Test
    @DisplayName("another tenant's members of the same name are not let in")
    void anotherTenantsMembersAreNotLetIn() {
        change("other", joined("1", 1, "alice"));

        assertThat(subscribed(subscribe("n1", 1, ALICE, now(), ROOM)).getRejected())
                .containsExactly(ROOM);
        task.command("other", subscribe("n1", 2, ALICE, now(), ROOM));
        assertThat(message(1)).isEmpty();
        assertThat(change("other", inserted("public.messages", "1", 5, Map.of("room_id", "1"))))
                .extracting(Delivery::getTenant)
                .containsExactly("other");
    }

    @Test
    @DisplayName("the revoked learns it before anything else, and gets nothing later")
    void theRevokedLearnsIt() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));

        List<Delivery> revoked = leave("1", 1, "alice");

        assertThat(revoked).extracting(Delivery::getOffset).containsOnly(offset - 1);
        assertThat(revoked).extracting(Delivery::getBody).isEqualTo(ALICE_REVOKED);
        assertThat(message(1)).isEmpty();
    }

    @Test
    @DisplayName("others on the node go on when one is revoked")
    void othersGoOn() {
        join("1", 1, "alice");
        join("2", 1, "bob");
        task.command("demo", forSeveral(1, now()));

        assertThat(leave("1", 1, "alice")).extracting(Delivery::getBody).containsExactlyElementsOf(ALICE_REVOKED);
        assertThat(message(1)).hasSize(1);
        task.command("demo", unsubscribe("n1", ALICE, ROOM));
        assertThat(message(1)).hasSize(1);
    }

    @Test
    @DisplayName("for several the past is told once, and each is told which stretches of it are its own")
    void forSeveralThePastIsToldOnce() {
        join("1", 1, "alice");
        long start = offset - 1;
        message(1);
        join("2", 1, "bob");
        message(1);
        leave("1", 1, "alice");
        message(1);
        join("3", 1, "alice");
        message(1);

        List<Delivery> answer = task.command("demo", forSeveral(1, after(start)));

        assertThat(answer.getFirst().getBody())
                .isEqualTo(new Admitted(
                        1L,
                        List.of(
                                new Admission(
                                        ALICE,
                                        ROOM,
                                        List.of(new Span(start, start + 3), new Span(start + 5, offset - 1))),
                                new Admission(BOB, ROOM, List.of(new Span(start + 1, offset - 1))))));
        assertThat(answer.get(1).getBody())
                .isInstanceOfSatisfying(
                        Frames.class,
                        frames -> assertThat(frames.getFrames())
                                .extracting(Frame::getOffset)
                                .containsExactly(start + 1, start + 3, start + 5, start + 7));
    }

    @Test
    @DisplayName("what nobody in the request was let in for is not replayed")
    void whatNobodyMayHaveIsNotReplayed() {
        message(1);
        message(1);
        join("1", 1, "alice");

        List<Delivery> answer = task.command("demo", subscribe("n1", 1, ALICE, after(-1), ROOM));

        assertThat(answer).extracting(Delivery::getBody).noneMatch(Frames.class::isInstance);
    }

    @Test
    @DisplayName("a membership that comes back is resumed by another subscribe, without what was in between")
    void aMembershipThatComesBackIsResumed() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));
        leave("1", 1, "alice");
        task.command("demo", unsubscribe("n1", ALICE, ROOM));
        long cursor = offset - 1;
        message(1);
        join("1", 1, "alice");
        message(1);

        List<Delivery> answer = task.command("demo", subscribe("n1", 2, ALICE, after(cursor), ROOM));

        assertThat(answer.get(1).getBody())
                .isInstanceOfSatisfying(
                        Frames.class,
                        frames -> assertThat(frames.getFrames())
                                .extracting(Frame::getOffset)
                                .containsExactly(cursor + 3));
        assertThat(message(1)).hasSize(1);
    }

    @Test
    @DisplayName("another role interrupts nothing")
    void anotherRoleInterruptsNothing() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));

        assertThat(change("demo", updated(MEMBERS, "1", 5, member(1, "alice", "reader"), member(1, "alice", "owner"))))
                .isEmpty();
        assertThat(message(1)).hasSize(1);
    }

    @Test
    @DisplayName("a membership that moves ends one grant and begins another")
    void aMembershipThatMoves() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));

        assertThat(change("demo", updated(MEMBERS, "1", 5, member(1, "alice", "r"), member(2, "alice", "r"))))
                .extracting(Delivery::getBody)
                .containsExactlyElementsOf(ALICE_REVOKED);
        assertThat(subscribed(subscribe("n1", 1, ALICE, now(), ROOM, channel("room:2")))
                        .getAccepted())
                .containsExactly(channel("room:2"));
    }

    @Test
    @DisplayName("of two rows that say the same, one may go")
    void ofTwoRowsOneMayGo() {
        join("1", 1, "alice");
        join("2", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));

        assertThat(leave("1", 1, "alice")).isEmpty();
        assertThat(message(1)).hasSize(1);
        assertThat(leave("2", 1, "alice")).extracting(Delivery::getBody).isEqualTo(ALICE_REVOKED);
    }

    @Test
    @DisplayName("a table that was emptied lets nobody in")
    void aTableThatWasEmptied() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));

        assertThat(change("", Samples.change(row(Operation.TRUNCATE, MEMBERS, "", null, null, 5, true))))
                .extracting(Delivery::getBody)
                .containsExactlyElementsOf(ALICE_REVOKED);
        assertThat(message(1)).isEmpty();
        change("demo", Samples.change(row(Operation.SNAPSHOT, MEMBERS, "1", null, member(1, "alice", "r"), 6, true)));
        assertThat(subscribed(subscribe("n1", 2, ALICE, now(), ROOM)).getRejected())
                .isEmpty();
    }

    @Test
    @DisplayName("at its end, a snapshot takes away what it did not show, and interrupts nobody else")
    void aSnapshotTakesAwayWhatItDidNotShow() {
        join("1", 1, "alice");
        join("2", 1, "bob");
        task.command("demo", forSeveral(1, now()));

        change("", Samples.change(new SnapshotMark(SnapshotPhase.BEGAN)));
        change("demo", Samples.change(row(Operation.SNAPSHOT, MEMBERS, "2", null, member(1, "bob", "r"), 6, true)));
        assertThat(message(1)).hasSize(1);

        assertThat(change("", Samples.change(new SnapshotMark(SnapshotPhase.ENDED))))
                .extracting(Delivery::getBody)
                .containsExactlyElementsOf(ALICE_REVOKED);
        assertThat(message(1)).hasSize(1);
    }

    @Test
    @DisplayName("a key that ended is told so everywhere, and may subscribe to nothing more")
    void aKeyThatEnded() {
        join("1", 1, "alice");
        key(Operation.CREATE, "alice");
        subscribed(subscribe("n1", 1, ALICE_KEY, now(), ROOM, channel("vault:1"), entity("source:7")));
        subscribed(subscribe("n1", 2, ALICE, now(), ROOM));

        assertThat(key(Operation.DELETE, "alice"))
                .extracting(Delivery::getBody)
                .containsExactly(new Revoked(ALICE_KEY, List.of()));

        assertThat(subscribed(subscribe("n1", 3, ALICE_KEY, now(), ROOM, channel("vault:1"), entity("source:7")))
                        .getAccepted())
                .isEmpty();
        assertThat(message(1)).hasSize(1);
        List<Frames> frames = change("demo", inserted("public.sources", "7", 9, Samples.source(7, 1, "t"))).stream()
                .map(delivery -> (Frames) delivery.getBody())
                .toList();
        assertThat(frames)
                .flatExtracting(Frames::getFrames)
                .flatExtracting(Frame::getPrincipals)
                .isEmpty();
    }

    @Test
    @DisplayName("a key that ends is told so also when nobody saw that it lived")
    void aKeyThatEndsUnseen() {
        subscribed(subscribe("n1", 1, ALICE_KEY, now(), channel("vault:1")));

        assertThat(key(Operation.DELETE, "alice"))
                .extracting(Delivery::getBody)
                .containsExactly(new Revoked(ALICE_KEY, List.of()));
    }

    @Test
    @DisplayName("an entity is told to who is let into one of its channels, as of the change")
    void anEntityIsToldToMembers() {
        subscribed(subscribe("n1", 1, ALICE, now(), entity("message:7")));
        assertThat(changeMessage(7, 1)).isEmpty();

        join("1", 1, "alice");
        assertThat(changeMessage(7, 1)).hasSize(1);
        leave("1", 1, "alice");
        assertThat(changeMessage(7, 1)).isEmpty();
    }

    @Test
    @DisplayName("who lost its access meanwhile is replayed nothing of an entity")
    void whoLostItsAccessIsReplayedNothing() {
        join("1", 1, "alice");
        changeMessage(7, 1);
        leave("1", 1, "alice");

        List<Delivery> answer = task.command("demo", subscribe("n1", 1, ALICE, after(-1), entity("message:7")));

        assertThat(answer)
                .singleElement()
                .satisfies(delivery -> assertThat(delivery.getBody()).isInstanceOf(Subscribed.class));
    }

    @Test
    @DisplayName("input that is read again is told to whom it was told first, and revoked again")
    void readingAgainTellsTheSame() {
        join("1", 1, "alice");
        subscribed(subscribe("n1", 1, ALICE, now(), ROOM));
        List<Delivery> told = message(1);
        List<Delivery> revoked = leave("1", 1, "alice");

        task.restart();
        offset -= 2;

        assertThat(message(1)).extracting(Delivery::getBody).isEqualTo(bodies(told));
        assertThat(leave("1", 1, "alice")).extracting(Delivery::getBody).isEqualTo(bodies(revoked));
        assertThat(message(1)).isEmpty();
    }

    @Test
    @DisplayName("a subscription that was revoked is forgotten after a while, unless it came back")
    void theRevokedIsForgotten() {
        join("1", 1, "alice");
        join("2", 1, "bob");
        task.command("demo", forSeveral(1, now()));
        leave("1", 1, "alice");
        leave("2", 1, "bob");
        join("2", 1, "bob");
        task.passTime(Subscriptions.AFTER_REVOCATION);
        join("1", 1, "alice");
        leave("2", 1, "bob");

        assertThat(message(1)).isEmpty();
    }

    private static List<Object> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::getBody).toList();
    }

    private dev.rowcast.schemas.avro.GatewayCommand forSeveral(long request, dev.rowcast.schemas.avro.Start start) {
        return command("n1", 0, new Subscribe(request, ALICE, List.of(ROOM), start, List.of(BOB), false));
    }

    private dev.rowcast.schemas.avro.Start now() {
        return after(offset - 1);
    }

    private Subscribed subscribed(dev.rowcast.schemas.avro.GatewayCommand command) {
        return (Subscribed) task.command("demo", command).getLast().getBody();
    }

    private List<Delivery> message(int room) {
        return change("demo", inserted("public.messages", "" + offset, offset, Map.of("room_id", "" + room)));
    }

    private List<Delivery> changeMessage(int id, int room) {
        Map<String, String> row = Map.of("room_id", "" + room);
        return change("demo", updated("public.messages", "" + id, offset, row, row));
    }

    private List<Delivery> key(Operation op, String id) {
        Map<String, String> image = Map.of("id", '"' + id + '"');
        boolean gone = op == Operation.DELETE;
        return change(
                "demo",
                Samples.change(row(op, "rowcast.api_keys", id, gone ? image : null, gone ? null : image, 3, true)));
    }

    private void join(String key, int room, String who) {
        change("demo", joined(key, room, who));
    }

    private static Change joined(String key, int room, String who) {
        return inserted(MEMBERS, key, 2, member(room, who, "reader"));
    }

    private List<Delivery> leave(String key, int room, String who) {
        return change("demo", deleted(MEMBERS, key, 4, member(room, who, "reader")));
    }

    private static Map<String, String> member(int room, String who, String role) {
        return Map.of("room_id", "" + room, "user_id", '"' + who + '"', "role", '"' + role + '"');
    }

    private List<Delivery> change(String tenant, Change change) {
        return task.change(tenant, offset++, change);
    }
}
