package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.schemas.avro.Admission;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Channels with members: each client gets what the topology lets its principal have, however many of them ask
/// together.
class MembersTest extends OnStage {

    @Test
    @DisplayName("P2: many that ask for one channel go together, and each is answered by itself")
    void manyThatAskGoTogetherAndEachIsAnsweredByItself() {
        long start = stage.topology.last("demo");
        stage.topology.grant("room:1", "alice");
        stage.topology.grant("room:1", "carol", new Span(start, start + 2));
        List<SocketClient> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(connect(List.of("alice", "bob", "carol").get(i % 3)));
        }
        publish("room:1", 0, 6);
        // Carol was a member for the first two, and is one again for the last two.
        stage.topology.grant("room:1", "carol", new Span(start, start + 2));
        publish("room:1", 6, 8);
        int before = subscribes("room:1").size();

        stage.topology.hold();
        for (int i = 0; i < clients.size(); i++) {
            subscribe(clients.get(i), "room:1", start + Math.min(8, i / 3));
        }
        Awaitility.await()
                .until(() -> subscribes("room:1").stream()
                                .skip(before)
                                .flatMap(each -> each.getOthers().stream())
                                .distinct()
                                .count()
                        >= 2);
        stage.topology.letGo();

        for (int i = 0; i < clients.size(); i++) {
            SocketClient client = clients.get(i);
            int had = Math.min(8, i / 3);
            switch (i % 3) {
                case 0 -> {
                    assertThat(entitiesUntilSubscribed(client))
                            .as("alice %d", had)
                            .isEqualTo(numbers(had, 8));
                }
                case 1 -> {
                    String answer = withoutProgress(client);
                    while (!answer.contains("\"SUBSCRIBED\"")) {
                        assertThat(answer).as("bob %d", had).contains("\"WELCOME\"");
                        answer = withoutProgress(client);
                    }
                    assertThat(answer).contains("\"count\":0").contains("NOT_FOUND");
                }
                default -> {
                    List<String> expected = new ArrayList<>(numbers(Math.min(had, 2), 2));
                    expected.addAll(numbers(Math.max(had, 6), 8));
                    assertThat(entitiesUntilSubscribed(client))
                            .as("carol %d", had)
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(subscribes("room:1").size() - before).isLessThan(10);
        publish("room:1", 8, 9);
        for (int i = 0; i < clients.size(); i++) {
            if (i % 3 != 1) {
                assertThat(entity(clients.get(i).next("INVALIDATE"))).isEqualTo("8");
            }
        }
        assertThat(clients.get(1).count("INVALIDATE")).isZero();
        clients.forEach(SocketClient::close);
    }

    @Test
    @DisplayName(
            "P2 T2: what is revoked ends in its place, and the others go on; who comes back resumes with its cursor")
    void whatIsRevokedEndsInItsPlace() {
        stage.topology.grant("room:2", "alice");
        stage.topology.grant("room:2", "bob");
        try (SocketClient alice = connect("alice");
                SocketClient bob = connect("bob")) {
            join(alice, "room:2");
            join(bob, "room:2");
            publish("room:2", 0, 2);

            long revoked = stage.topology.revoke("room:2", "alice");
            publish("room:2", 2, 4);

            assertThat(entity(alice.next("INVALIDATE"))).isEqualTo("0");
            assertThat(entity(alice.next("INVALIDATE"))).isEqualTo("1");
            assertThat(withoutProgress(alice))
                    .contains("\"REVOKED\"")
                    .contains("room:2")
                    .contains("MEMBERSHIP");
            assertThat(entities(bob, 4)).isEqualTo(numbers(0, 4));

            stage.topology.grant("room:2", "alice", new Span(-1L, revoked));
            publish("room:2", 4, 5);
            subscribe(alice, "room:2", revoked);
            assertThat(entitiesUntilSubscribed(alice)).containsExactly("4");
            // The topology reads its input again and says once more what it said then.
            stage.topology.tell("demo", revoked, new Revoked(user("alice"), List.of(channel("room:2"))));
            publish("room:2", 5, 6);
            assertThat(entity(withoutProgress(alice))).isEqualTo("5");
        }
    }

    @Test
    @DisplayName("P3: who is not let in by a request asks again for all of it, not from where others were told")
    void whoIsNotLetInAsksAgainForAllOfIt() {
        long start = stage.topology.last("demo");
        publish("room:10", 0, 3);
        long last = stage.topology.last("demo");
        stage.topology.silent(true);
        try (SocketClient bob = connect("bob")) {
            subscribe(bob, "room:10", start);
            long together = awaitSubscribe("room:10", 1).getRequest();
            admit(together, last, user("alice"), "room:10", start);
            replay(together, "room:10", start + 2);

            stage.topology.endLeases();

            Subscribe again = awaitSubscribe("room:10", 2);
            assertThat(again.getStart().getOffset()).isEqualTo(start);
            // He became a member again before that was answered.
            admit(again.getRequest(), last, user("bob"), "room:10", start);
            replay(again.getRequest(), "room:10", start + 2);
            answer(again.getRequest(), last, "room:10");
            assertThat(entitiesUntilSubscribed(bob)).containsExactly(Long.toString(start + 2));
        } finally {
            stage.topology.silent(false);
        }
    }

    @Test
    @DisplayName(
            "P3: who is let into one of two asks again from there, and is told when the other lacks what came before")
    void whoIsLetIntoTheOtherOfTwoLaterIsTold() {
        long start = stage.topology.last("demo");
        publish("room:11", 0, 4);
        long last = stage.topology.last("demo");
        stage.topology.silent(true);
        try (SocketClient bob = connect("bob")) {
            bob.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"room:11\",\"room:12\"],\"cursor\":\"%s\"}}"
                    .formatted(stage.topology.cursor("demo", start)));
            long request = awaitSubscribe("room:12", 1).getRequest();
            admit(request, last, user("bob"), "room:11", start);
            replay(request, "room:11", start + 2);

            stage.topology.endLeases();

            // He became a member of the other before it was asked again, and it had something there as well.
            Subscribe again = awaitSubscribe("room:12", 2);
            assertThat(again.getStart().getOffset()).isEqualTo(start + 2);
            List<Span> spans = List.of(new Span(start, last));
            stage.topology.tell(
                    "demo",
                    last,
                    new Admitted(
                            again.getRequest(),
                            List.of(
                                    new Admission(user("bob"), channel("room:11"), spans),
                                    new Admission(user("bob"), channel("room:12"), spans))));
            replay(again.getRequest(), "room:11", start + 3);
            stage.topology.tell(
                    "demo",
                    last,
                    new Subscribed(
                            again.getRequest(),
                            stage.topology.cursor("demo", last),
                            List.of(channel("room:11"), channel("room:12")),
                            List.of()));

            assertThat(entity(bob.next("INVALIDATE"))).isEqualTo(Long.toString(start + 2));
            assertThat(entity(bob.next("INVALIDATE"))).isEqualTo(Long.toString(start + 3));
            assertThat(withoutProgress(bob))
                    .contains("\"RESET\"", "LAPSED", "room:12")
                    .doesNotContain("room:11");
            assertThat(withoutProgress(bob)).contains("\"SUBSCRIBED\"", "\"count\":2");
        } finally {
            stage.topology.silent(false);
        }
    }

    @Test
    @DisplayName("P2 T26: what is revoked while it is being asked for is refused, and nothing more of it is replayed")
    void whatIsRevokedWhileItIsAskedForIsRefused() {
        long start = stage.topology.last("demo");
        publish("room:3", 0, 4);
        long last = stage.topology.last("demo");
        stage.topology.silent(true);
        try (SocketClient alice = connect("alice");
                SocketClient bob = connect("bob")) {
            subscribe(alice, "room:3", start);
            long ofAlice = awaitSubscribe("room:3", 1).getRequest();
            subscribe(bob, "room:3", start);
            long ofBob = awaitSubscribe("room:3", 2).getRequest();
            for (long request : new long[] {ofAlice, ofBob}) {
                admit(request, last, user(request == ofAlice ? "alice" : "bob"), "room:3", start);
                replay(request, "room:3", start + 1);
            }

            stage.topology.tell("demo", last, new Revoked(user("alice"), List.of(channel("room:3"))));
            for (long request : new long[] {ofAlice, ofBob}) {
                replay(request, "room:3", start + 2);
                answer(request, last, "room:3");
            }

            assertThat(entity(alice.next("INVALIDATE"))).isEqualTo(Long.toString(start + 1));
            assertThat(withoutProgress(alice))
                    .contains("\"SUBSCRIBED\"")
                    .contains("\"count\":0")
                    .contains("NOT_FOUND");
            assertThat(entities(bob, 2)).containsExactly(Long.toString(start + 1), Long.toString(start + 2));
            assertThat(bob.next("SUBSCRIBED")).contains("\"count\":1");
        } finally {
            stage.topology.silent(false);
        }
    }

    @Test
    @DisplayName("P2 T2: who is let in by nobody's word but the answer's is refused")
    void whoIsNotNamedIsRefused() {
        long last = stage.topology.last("demo");
        stage.topology.silent(true);
        try (SocketClient alice = connect("alice")) {
            subscribe(alice, "room:4", last);
            long request = awaitSubscribe("room:4", 1).getRequest();
            replay(request, "room:4", last + 1);
            answer(request, last, "room:4");

            String answer = alice.next("SUBSCRIBED");
            assertThat(answer).contains("\"count\":0").contains("NOT_FOUND");
            stage.topology.publish("demo", frame("room:4", "source", "1", 1));
            subscribe(alice, "vault:4", last);
            answer(awaitSubscribe("vault:4", 1).getRequest(), stage.topology.last("demo"), "vault:4");
            assertThat(withoutProgress(alice)).contains("\"SUBSCRIBED\"");
        } finally {
            stage.topology.silent(false);
        }
    }

    @Test
    @DisplayName("P3: a start that is too old resets its owner, and nobody who asked together with it")
    void aStartThatIsTooOldResetsItsOwnerOnly() {
        long start = stage.topology.last("demo");
        for (String user : List.of("old", "alice", "bob")) {
            stage.topology.grant("room:5", user);
        }
        publish("room:5", 0, 4);
        try (SocketClient first = connect("alice");
                SocketClient old = connect("old");
                SocketClient alice = connect("alice");
                SocketClient bob = connect("bob")) {
            stage.topology.trimBefore(start + 1);
            stage.topology.hold();
            subscribe(first, "room:5", start + 4);
            Awaitility.await().until(() -> !subscribes("room:5").isEmpty());
            subscribe(old, "room:5", start);
            subscribe(alice, "room:5", start + 2);
            subscribe(bob, "room:5", start + 2);
            Awaitility.await()
                    .until(() -> subscribes("room:5").stream()
                                    .mapToInt(each -> 1 + each.getOthers().size())
                                    .sum()
                            >= 4);
            stage.topology.letGo();

            assertThat(old.next("RESET")).contains("TRIMMED").contains("room:5");
            assertThat(old.next("SUBSCRIBED")).contains("\"count\":1");
            assertThat(entitiesUntilSubscribed(first)).isEmpty();
            for (SocketClient client : List.of(alice, bob)) {
                assertThat(entitiesUntilSubscribed(client)).containsExactly("2", "3");
            }
        } finally {
            stage.topology.trimBefore(-1);
        }
    }

    @Test
    @DisplayName("P2 T3: when a key ends, its connections do, in their place; saying so again does not end later ones")
    void whenAKeyEndsItsConnectionsDo() {
        stage.key("key-short", "demo", "pk_short", null);
        Principal key = new Principal("key-short", PrincipalKind.KEY);
        try (SocketClient user = connect("user-1")) {
            join(user, "vault:6");
            SocketClient first = connectWith("pk_short");
            join(first, "vault:6");
            publish("vault:6", 0, 1);
            long at = stage.topology.last("demo");

            stage.topology.tell("demo", new Revoked(key, List.of()));
            publish("vault:6", 1, 2);

            assertThat(entity(first.next("INVALIDATE"))).isEqualTo("0");
            assertThat(withoutProgress(first)).contains("CREDENTIAL_REVOKED");
            assertThat(first.closeCode()).isEqualTo(4502);
            assertThat(first.count("INVALIDATE")).isZero();
            assertThat(entities(user, 2)).isEqualTo(numbers(0, 2));

            try (SocketClient again = connectWith("pk_short")) {
                join(again, "vault:6");
                stage.topology.tell("demo", at, new Revoked(key, List.of()));
                publish("vault:6", 2, 3);
                assertThat(entity(withoutProgress(again))).isEqualTo("2");
            }
        }
    }

    @Test
    @DisplayName("P4 P2: who wants an open channel that another one has joins it; who is of another kind is asked for")
    void whoWantsAnOpenChannelThatAnotherHasJoinsIt() {
        try (SocketClient key = connectWith("pk_demo");
                SocketClient first = connect("user-1");
                SocketClient second = connect("user-2");
                SocketClient late = connect("user-3")) {
            join(key, "vault:7");
            join(first, "vault:7");
            int asked = subscribes("vault:7").size();
            assertThat(asked).isEqualTo(2);

            List<SocketClient> more = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                SocketClient client = connect("user-" + (10 + i));
                join(client, "vault:7");
                more.add(client);
            }
            join(second, "vault:7");
            publish("vault:7", 0, 1);
            subscribe(late, "vault:7", stage.topology.last("demo") - 1);

            assertThat(entity(second.next("INVALIDATE"))).isEqualTo("0");
            more.forEach(client -> assertThat(entity(client.next("INVALIDATE"))).isEqualTo("0"));
            assertThat(entities(late, 1)).containsExactly("0");
            // Whoever is the first one on its event loop asks, and so does who has missed something.
            assertThat(subscribes("vault:7").size() - asked)
                    .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors() + 1);

            first.close();
            more.forEach(SocketClient::close);
            Awaitility.await().until(() -> stage.gateway.connections() == 3);
            publish("vault:7", 1, 2);
            assertThat(entity(second.next("INVALIDATE"))).isEqualTo("1");
            assertThat(stage.topology.unsubscribed("vault:7")).isZero();
        }
        Awaitility.await().until(() -> stage.topology.unsubscribed("vault:7") == 1);
    }

    @Test
    @DisplayName("P2: a RESET names to each client only what it has")
    void aResetNamesToEachClientOnlyWhatItHas() {
        stage.topology.grant("room:8", "alice");
        stage.topology.grant("room:9", "bob");
        try (SocketClient alice = connect("alice");
                SocketClient bob = connect("bob")) {
            join(alice, "room:8");
            join(bob, "room:9");

            stage.topology.tell(
                    "demo",
                    new Reset(null, null, ResetReason.TRUNCATED, List.of(channel("room:8"), channel("room:9"))));

            assertThat(alice.next("RESET")).contains("[\"room:8\"]");
            assertThat(bob.next("RESET")).contains("[\"room:9\"]");
        }
    }

    private static SocketClient connect(String user) {
        SocketClient client = SocketClient.open(
                stage.gateway.port(),
                "/v1/socket?token=" + Jwts.of(user, "demo", Instant.now().plusSeconds(600)));
        client.next("WELCOME");
        return client;
    }

    private static SocketClient connectWith(String key) {
        Awaitility.await().until(() -> stage.isGood(key));
        SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=" + key);
        client.next("WELCOME");
        return client;
    }

    private static void subscribe(SocketClient client, String channel, long start) {
        client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"],\"cursor\":\"%s\"}}"
                .formatted(channel, stage.topology.cursor("demo", start)));
    }

    private static void join(SocketClient client, String channel) {
        client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"]}}".formatted(channel));
        assertThat(client.next("SUBSCRIBED")).contains("\"count\":1");
    }

    private static void admit(long request, long at, Principal who, String channel, long after) {
        stage.topology.tell(
                "demo",
                at,
                new Admitted(request, List.of(new Admission(who, channel(channel), List.of(new Span(after, at))))));
    }

    private static void replay(long request, String channel, long offset) {
        Frame frame = Frame.newBuilder(frame(channel, "source", Long.toString(offset), 1))
                .setOffset(offset)
                .build();
        stage.topology.tell("demo", offset, new Frames(request, null, List.of(frame)));
    }

    private static void answer(long request, long at, String channel) {
        stage.topology.tell(
                "demo",
                at,
                new Subscribed(request, stage.topology.cursor("demo", at), List.of(channel(channel)), List.of()));
    }

    private static void publish(String channel, int from, int to) {
        for (int i = from; i < to; i++) {
            stage.topology.publish("demo", frame(channel, "source", "" + i, i + 1));
        }
    }

    private static Subscribe awaitSubscribe(String channel, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> subscribes(channel).size() >= count);
        return subscribes(channel).get(count - 1);
    }

    private static List<Subscribe> subscribes(String channel) {
        return stage.topology.commands().stream()
                .filter(command -> command.getBody() instanceof Subscribe subscribe
                        && subscribe.getTargets().contains(channel(channel)))
                .map(command -> (Subscribe) command.getBody())
                .toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<String> entities(SocketClient client, int count) {
        List<String> entities = new ArrayList<>();
        while (entities.size() < count) {
            entities.add(entity(client.next("INVALIDATE")));
        }
        return entities;
    }

    private static List<String> entitiesUntilSubscribed(SocketClient client) {
        List<String> entities = new ArrayList<>();
        for (String text = client.next(); !text.contains("\"SUBSCRIBED\""); text = client.next()) {
            assertThat(text).doesNotContain("\"RESET\"");
            if (text.contains("\"INVALIDATE\"")) {
                entities.add(entity(text));
            }
        }
        return entities;
    }

    private static String withoutProgress(SocketClient client) {
        String text = client.next();
        while (text.contains("\"PROGRESS\"")) {
            text = client.next();
        }
        return text;
    }

    private static String entity(String text) {
        return text.replaceAll(".*\"entityId\":\"([^\"]+)\".*", "$1");
    }

    private static Principal user(String id) {
        return new Principal(id, PrincipalKind.USER);
    }

    private static Target channel(String name) {
        return new Target(TargetKind.CHANNEL, name, "");
    }
}
