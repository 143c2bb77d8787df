package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who is told that somebody is there.
class PresenceTest {

    static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant, presence: members}
              site: {access: tenant}
              board: {access: public, presence: count}
              room:
                access: members
                members: {table: public.room_members, channel: room_id, principal: user_id, role: role}
                presence: members
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
              public.messages: {entity: message, channels: ["room:{room_id}"], deliver: [title]}
            """);

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Principal BOB = user("bob");
    private static final Principal KEY = new Principal("alice", PrincipalKind.KEY);
    private static final Target VAULT = channel("vault:1");
    private static final Target BOARD = channel("board:1");
    private static final Target ROOM = channel("room:1");

    private final RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
    private long request;
    private long offset;

    /// What a node is told.
    record Told(String node, Presence presence) {}

    @BeforeEach
    void attachNodes() {
        task.command("demo", attach("n1", 0));
        task.command("demo", attach("n2", 1));
    }

    @Test
    @DisplayName("the first who comes is told that it is there, and those who are there who comes after it")
    void theFirstIsToldEverythingAndTheOthersWhoComes() {
        join("n1", ALICE, VAULT);
        assertThat(aSecondLater()).containsExactly(everybody("n1", "vault:1", 1, "alice"));

        join("n2", BOB, VAULT);
        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(
                        told("n1", new Presence("vault:1", 2, List.of("bob"), List.of(), false)),
                        everybody("n2", "vault:1", 2, "alice", "bob"));
    }

    @Test
    @DisplayName("who leaves is told to those who stay, and a node where nobody listens is told nothing")
    void whoLeavesIsToldToThoseWhoStay() {
        join("n1", ALICE, VAULT);
        join("n2", BOB, VAULT);
        aSecondLater();

        leave("n2", BOB, VAULT);

        assertThat(aSecondLater())
                .containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of("bob"), false)));
    }

    @Test
    @DisplayName("three tabs on two nodes, one of them with a filter, count once, until the last of them leaves")
    void threeTabsOnTwoNodesCountOnce() {
        Target some = channel("vault:1", "title=eq.a");
        join("n1", BOB, VAULT);
        join("n1", ALICE, VAULT);
        join("n1", ALICE, some);
        join("n2", ALICE, VAULT);
        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(
                        everybody("n1", "vault:1", 2, "bob", "alice"), everybody("n2", "vault:1", 2, "bob", "alice"));

        leave("n1", ALICE, VAULT);
        leave("n2", ALICE, VAULT);
        assertThat(aSecondLater()).isEmpty();

        leave("n1", ALICE, some);
        assertThat(aSecondLater())
                .containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of("alice"), false)));
    }

    @Test
    @DisplayName("who comes and goes within a second is no news, and a channel has news once a second")
    void whoComesAndGoesWithinASecondIsNoNews() {
        join("n1", ALICE, VAULT);
        aSecondLater();

        join("n2", BOB, VAULT);
        assertThat(later(Duration.ofMillis(999))).isEmpty();
        leave("n2", BOB, VAULT);
        assertThat(later(Duration.ofMillis(1))).isEmpty();

        join("n2", BOB, VAULT);
        assertThat(later(Duration.ofMillis(100))).hasSize(2);
        leave("n2", BOB, VAULT);
        assertThat(later(Duration.ofMillis(999))).isEmpty();
        assertThat(later(Duration.ofMillis(1))).hasSize(1);
    }

    @Test
    @DisplayName("where only the count may be known no id is told; keys count, anonymous credentials do not")
    void whereOnlyTheCountMayBeKnownNoIdIsTold() {
        join("n1", ANYBODY, BOARD);
        join("n1", ALICE, BOARD);
        join("n2", KEY, BOARD);
        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(everybody("n1", "board:1", 2), everybody("n2", "board:1", 2));

        leave("n1", ALICE, BOARD);
        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(
                        told("n1", new Presence("board:1", 1, List.of(), List.of(), false)),
                        told("n2", new Presence("board:1", 1, List.of(), List.of(), false)));
    }

    @Test
    @DisplayName("keys count where users are named, and are not named")
    void keysCountAndAreNotNamed() {
        join("n1", KEY, VAULT);
        assertThat(aSecondLater()).containsExactly(everybody("n1", "vault:1", 1));

        join("n1", ALICE, VAULT);
        assertThat(aSecondLater()).containsExactly(everybody("n1", "vault:1", 2, "alice"));

        leave("n1", KEY, VAULT);
        assertThat(aSecondLater()).containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of(), false)));
    }

    @Test
    @DisplayName("of channels without presence nothing is told, and one subscription a node is kept")
    void ofChannelsWithoutPresenceNothingIsTold() {
        Target site = channel("site:7");
        join("n1", ALICE, site);
        join("n1", BOB, site);
        assertThat(aSecondLater()).isEmpty();

        leave("n1", BOB, site);
        assertThat(task.change(
                        "demo",
                        offset++,
                        inserted("public.sources", "1", 9, Map.of("vault_id", "1", "id", "1", "title", "\"a\""))))
                .isEmpty();
    }

    @Test
    @DisplayName("another tenant's channel of the same name is another channel")
    void anotherTenantsChannelIsAnotherChannel() {
        join("n1", ALICE, VAULT);
        task.command("other", subscribe("n1", ++request, BOB, after(-1), VAULT));

        assertThat(passTime(SECOND))
                .extracting(Delivery::getTenant, Delivery::getBody)
                .containsExactlyInAnyOrder(
                        tuple("demo", new Presence("vault:1", 1, List.of("alice"), List.of(), true)),
                        tuple("other", new Presence("vault:1", 1, List.of("bob"), List.of(), true)));
    }

    @Test
    @DisplayName("a node that dies takes along who was there, with the end of its lease")
    void aNodeThatDiesTakesAlongWhoWasThere() {
        join("n1", ALICE, VAULT);
        join("n2", BOB, VAULT);
        aSecondLater();

        for (int second = 1; second < 9; second++) {
            task.command("demo", attach("n1", 0));
            assertThat(aSecondLater()).isEmpty();
        }
        task.command("demo", attach("n1", 0));
        List<Told> told = new ArrayList<>(aSecondLater());
        told.addAll(aSecondLater());

        assertThat(told).containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of("bob"), false)));
    }

    @Test
    @DisplayName("a node that leaves takes along who was there")
    void aNodeThatLeavesTakesAlongWhoWasThere() {
        join("n1", ALICE, VAULT);
        join("n2", BOB, VAULT);
        aSecondLater();

        task.command("demo", detach("n2"));

        List<Told> told = new ArrayList<>(aSecondLater());
        told.addAll(aSecondLater());
        assertThat(told).containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of("bob"), false)));
    }

    @Test
    @DisplayName("who is revoked is not there any more, and its node is told no more")
    void whoIsRevokedIsNotThereAnyMore() {
        change(inserted("public.room_members", "1", 5, membership("alice")));
        change(inserted("public.room_members", "2", 6, membership("bob")));
        join("n1", ALICE, ROOM);
        join("n2", BOB, ROOM);
        assertThat(aSecondLater()).hasSize(2);

        change(deleted("public.room_members", "2", 7, membership("bob")));

        assertThat(aSecondLater())
                .containsExactly(told("n1", new Presence("room:1", 1, List.of(), List.of("bob"), false)));
    }

    @Test
    @DisplayName("who may not subscribe is not there and is told nothing")
    void whoMayNotSubscribeIsNotThere() {
        change(inserted("public.room_members", "1", 5, membership("alice")));
        join("n1", ALICE, ROOM);
        task.command("demo", subscribe("n2", ++request, BOB, after(offset - 1), ROOM));
        task.command("demo", subscribe("n2", ++request, ANYBODY, after(offset - 1), VAULT));

        assertThat(aSecondLater()).containsExactly(everybody("n1", "room:1", 1, "alice"));
    }

    @Test
    @DisplayName("a key that ends is not there any more")
    void aKeyThatEndsIsNotThereAnyMore() {
        join("n1", ALICE, VAULT);
        join("n2", KEY, VAULT);
        aSecondLater();

        change(deleted("rowcast.api_keys", "alice", 7, Map.of("id", "\"alice\"", "tenant", "\"demo\"")));

        assertThat(aSecondLater()).containsExactly(told("n1", new Presence("vault:1", 1, List.of(), List.of(), false)));
    }

    @Test
    @DisplayName("after a crash everybody is told everything again, from the subscriptions alone")
    void afterACrashEverybodyIsToldEverythingAgain() {
        join("n1", ALICE, VAULT);
        join("n2", BOB, VAULT);
        aSecondLater();

        task.restart();

        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(
                        everybody("n1", "vault:1", 2, "alice", "bob"), everybody("n2", "vault:1", 2, "alice", "bob"));
    }

    @Test
    @DisplayName("a node that asks again is told everything again: it may have lost what it knew")
    void aNodeThatAsksAgainIsToldEverythingAgain() {
        join("n1", ALICE, VAULT);
        join("n2", BOB, VAULT);
        aSecondLater();

        join("n2", BOB, VAULT);

        assertThat(aSecondLater()).containsExactly(everybody("n2", "vault:1", 2, "alice", "bob"));
    }

    @Test
    @DisplayName("with more than a thousand users nobody is named, until there are 750")
    void withMoreThanAThousandUsersNobodyIsNamed() {
        List<Principal> crowd = IntStream.rangeClosed(1, Occupancy.MOST_NAMES)
                .mapToObj(i -> user("user" + i))
                .toList();
        crowd.forEach(each -> join("n1", each, VAULT));
        assertThat(aSecondLater())
                .singleElement()
                .satisfies(told -> assertThat(told.presence().getJoined()).hasSize(1_000));

        join("n2", ALICE, VAULT);
        assertThat(aSecondLater())
                .containsExactlyInAnyOrder(everybody("n1", "vault:1", 1_001), everybody("n2", "vault:1", 1_001));

        crowd.subList(0, 250).forEach(each -> leave("n1", each, VAULT));
        assertThat(aSecondLater())
                .extracting(Told::presence)
                .containsOnly(new Presence("vault:1", 751, List.of(), List.of(), false));

        leave("n1", crowd.get(250), VAULT);
        assertThat(aSecondLater()).hasSize(2).allSatisfy(told -> {
            assertThat(told.presence().getFull()).isTrue();
            assertThat(told.presence().getJoined()).hasSize(750).contains("alice");
        });
    }

    @Test
    @DisplayName("a subscription of before the catalog had presence is asked for again")
    void aSubscriptionOfBeforeIsAskedForAgain() {
        RestartableTask before = new RestartableTask(Samples.CATALOG, JournalLimits.DEFAULTS);
        before.command("demo", attach("n1", 0));
        before.command("demo", subscribe("n1", 1, ALICE, after(-1), VAULT));

        before.restart(CATALOG);

        assertThat(before.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(false));
    }

    private void join(String node, Principal principal, Target target) {
        List<Delivery> answer = task.command("demo", subscribe(node, ++request, principal, after(offset - 1), target));
        assertThat(((Subscribed) answer.getLast().getBody()).getAccepted()).containsExactly(target);
    }

    private void leave(String node, Principal principal, Target target) {
        task.command("demo", unsubscribe(node, principal, target));
    }

    private void change(Change change) {
        task.change("demo", offset++, change);
    }

    private List<Told> aSecondLater() {
        return later(SECOND);
    }

    private List<Told> later(Duration time) {
        return passTime(time).stream()
                .map(each -> told(each.getNode(), (Presence) each.getBody()))
                .toList();
    }

    private List<Delivery> passTime(Duration time) {
        return task.stall(time);
    }

    private static Map<String, String> membership(String user) {
        return Map.of("site_id", "\"demo\"", "room_id", "1", "user_id", '"' + user + '"', "role", "\"editor\"");
    }

    private static Told told(String node, Presence presence) {
        return new Told(node, presence);
    }

    private static Told everybody(String node, String channel, int count, String... names) {
        return told(node, new Presence(channel, count, List.of(names), List.of(), true));
    }

    private static Principal user(String id) {
        return new Principal(id, PrincipalKind.USER);
    }
}
