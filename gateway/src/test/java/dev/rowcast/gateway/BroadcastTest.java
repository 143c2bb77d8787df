package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.protocol.Frames;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What clients tell the others of a channel. Who may is the topology's to hold; here it is what the node knows.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class BroadcastTest {

    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        stage = Stage.set(kafka, registry);
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    @Test
    @DisplayName("SP-29: everybody else in the channel is told, at every node and in every form, as it was said")
    void everybodyElseInTheChannelIsTold() {
        try (Gateway another = stage.another();
                SocketClient alice = user(stage.gateway, "alice", "demo");
                SocketClient bob = user(stage.gateway, "bob", "demo");
                SocketClient carol = user(another, "carol", "demo");
                EventStream stream = stage.events(another, "channel=site:1")) {
            stream.next("SUBSCRIBED");
            List.of(alice, bob, carol).forEach(each -> join(each, "site:1"));

            alice.send(broadcast("site:1", "{\"x\":12.50,\"text\":\"a\\nb ü 🦊\",\"n\":null}"));

            String expected = "{\"type\":\"BROADCAST\",\"payload\":{\"channel\":\"site:1\",\"from\":\"alice\","
                    + "\"data\":{\"x\":12.50,\"text\":\"a\\nb ü 🦊\",\"n\":null}}}";
            assertThat(bob.next("BROADCAST")).isEqualTo(expected);
            assertThat(carol.next("BROADCAST")).isEqualTo(expected);
            EventStream.Event told = stream.next("BROADCAST");
            assertThat(told.data()).isEqualTo(expected);
            assertThat(told.id()).isEmpty();

            // What comes next to the sender is another's.
            bob.send(broadcast("site:1", "\"second\""));
            assertThat(alice.next("BROADCAST")).contains("\"from\":\"bob\",\"data\":\"second\"");
        }
    }

    @Test
    @DisplayName("two connections of one user are two: the other one is told")
    void twoConnectionsOfOneUserAreTwo() {
        try (SocketClient one = user(stage.gateway, "alice", "demo");
                SocketClient other = user(stage.gateway, "alice", "demo")) {
            List.of(one, other).forEach(each -> join(each, "site:2"));
            one.send(broadcast("site:2", "1"));
            assertThat(other.next("BROADCAST")).contains("\"data\":1");
            other.send(broadcast("site:2", "2"));
            assertThat(one.next("BROADCAST")).contains("\"data\":2");
        }
    }

    @Test
    @DisplayName("whoever narrowed the channel is told too, and once however often it is in it")
    void whoeverNarrowedTheChannelIsToldToo() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo");
                SocketClient bob = user(stage.gateway, "bob", "demo")) {
            join(alice, "site:3");
            join(bob, "site:3");
            bob.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"site:3\"],\"filter\":\"id=eq.7\"}}");
            bob.next("SUBSCRIBED");

            alice.send(broadcast("site:3", "1"));
            assertThat(bob.next("BROADCAST")).contains("\"data\":1");
            bob.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"channels\":[\"site:3\"]}}");
            alice.send(broadcast("site:3", "2"));
            assertThat(bob.next("BROADCAST")).contains("\"data\":2");
        }
    }

    @Test
    @DisplayName("who is not in the channel, or no more, is answered as if there were none, and nothing is sent")
    void whoIsNotInTheChannelIsAnsweredAsIfThereWereNone() {
        try (SocketClient mallory = user(stage.gateway, "mallory", "demo")) {
            mallory.next("WELCOME");
            mallory.send(broadcast("site:4", "1"));
            String absent = mallory.next("ERROR");
            assertThat(absent).contains("\"code\":\"NOT_FOUND\"");
            mallory.send(broadcast("nothing:4", "1"));
            assertThat(mallory.next("ERROR").replace("nothing:4", "site:4")).isEqualTo(absent);

            join(mallory, "site:4");
            mallory.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"channels\":[\"site:4\"]}}");
            mallory.send(broadcast("site:4", "1"));
            assertThat(mallory.next("ERROR")).isEqualTo(absent);
        }
        assertThat(sent("site:4")).isEmpty();
    }

    @Test
    @DisplayName("where the catalog has it off, and from who is anonymous, it is refused")
    void whereTheCatalogHasItOffItIsRefused() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo");
                SocketClient nobody = SocketClient.open(
                        stage.gateway.port(),
                        "/v1/socket?token=" + Jwts.of("", "demo", Instant.now().plusSeconds(3_600)))) {
            join(alice, "vault:1");
            alice.send("{\"type\":\"BROADCAST\",\"id\":\"b7\",\"payload\":{\"channel\":\"vault:1\",\"data\":1}}");
            assertThat(alice.next("ERROR")).contains("\"id\":\"b7\"", "\"code\":\"BROADCAST_OFF\"", "vault:1");

            join(nobody, "board:1");
            nobody.send(broadcast("board:1", "1"));
            assertThat(nobody.next("ERROR")).contains("\"code\":\"BROADCAST_OFF\"", "anonymous");
        }
        assertThat(sent("vault:1")).isEmpty();
        assertThat(sent("board:1")).isEmpty();
    }

    @Test
    @DisplayName("T13: who broadcasts too fast is told each time when to go on and stays, and the others were sent")
    void whoBroadcastsTooFastIsToldWhenToGoOn() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo")) {
            join(alice, "site:5");
            for (int i = 0; i < 100; i++) {
                alice.send(broadcast("site:5", Integer.toString(i)));
            }
            alice.send("{\"type\":\"PING\"}");
            List<String> errors = new ArrayList<>();
            for (String text = alice.next(); !Frames.type(text).equals("PONG"); text = alice.next()) {
                if (Frames.type(text).equals("ERROR")) {
                    errors.add(text);
                }
            }
            assertThat(errors)
                    .hasSizeGreaterThan(20)
                    .allMatch(text -> text.contains("\"code\":\"RATE_LIMITED\"") && text.contains("\"retryAfterMs\":"));
            Awaitility.await().untilAsserted(() -> assertThat(sent("site:5")).hasSize(100 - errors.size()));
        }
    }

    @Test
    @DisplayName("T13: who goes on to broadcast too fast is closed with 4002 and may come back")
    void whoGoesOnToBroadcastTooFastIsClosed() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo")) {
            join(alice, "site:10");
            // The slower it sends, the more of them are let in.
            try {
                for (int i = 0; i < 1_000 && !alice.isClosed(); i++) {
                    alice.send(broadcast("site:10", Integer.toString(i)));
                }
            } catch (CompletionException e) {
                assertThat(e).hasRootCauseInstanceOf(IOException.class);
            }
            assertThat(alice.closeCode()).isEqualTo(4002);
        }
    }

    @Test
    @DisplayName("who lost the channel meanwhile is told so each time and stays")
    void whoLostTheChannelIsToldSoAndStays() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo")) {
            alice.next("WELCOME");
            for (int i = 0; i < 30; i++) {
                alice.send(broadcast("site:11", "1"));
                assertThat(alice.next("ERROR")).contains("NOT_FOUND");
            }
            alice.send("{\"type\":\"PING\"}").next("PONG");
        }
    }

    @Test
    @DisplayName("what a split tenant's client says goes to the part where the channel is told, once")
    void whatASplitTenantsClientSaysGoesToOnePart() {
        try (SocketClient alice = user(stage.gateway, "alice", "split");
                SocketClient bob = user(stage.gateway, "bob", "split")) {
            List.of(alice, bob).forEach(each -> join(each, "site:6"));
            alice.send(broadcast("site:6", "1"));
            assertThat(bob.next("BROADCAST")).contains("\"from\":\"alice\",\"data\":1");
            assertThat(sent("site:6")).hasSize(1);
        }
    }

    @Test
    @DisplayName("T1: what is said in another tenant's channel of the same name is not heard")
    void whatIsSaidInAnotherTenantsChannelIsNotHeard() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo");
                SocketClient eve = user(stage.gateway, "eve", "other");
                SocketClient other = user(stage.gateway, "mallory", "other")) {
            List.of(alice, eve, other).forEach(each -> join(each, "site:7"));
            alice.send(broadcast("site:7", "\"secret\""));
            Awaitility.await().until(() -> !sent("site:7").isEmpty());
            eve.send(broadcast("site:7", "\"ours\""));
            assertThat(other.next("BROADCAST")).contains("\"from\":\"eve\",\"data\":\"ours\"");
        }
    }

    @Test
    @DisplayName("what the topology says of a channel that nobody here is in is written to nobody")
    void whatNobodyHereIsInIsWrittenToNobody() {
        try (SocketClient alice = user(stage.gateway, "alice", "demo")) {
            join(alice, "site:8");
            stage.topology.tell("demo", new Broadcasted("site:9", "bob", "1", null));
            stage.topology.tell("demo", new Broadcasted("site:8", "", "2", null));
            assertThat(alice.next("BROADCAST"))
                    .isEqualTo("{\"type\":\"BROADCAST\",\"payload\":{\"channel\":\"site:8\",\"data\":2}}");
        }
    }

    private static List<GatewayCommand> sent(String channel) {
        return stage.topology.commands().stream()
                .filter(each -> each.getBody() instanceof Broadcast broadcast
                        && broadcast.getChannel().equals(channel))
                .toList();
    }

    private static SocketClient user(Gateway at, String user, String tenant) {
        return SocketClient.open(
                at.port(),
                "/v1/socket?token=" + Jwts.of(user, tenant, Instant.now().plusSeconds(3_600)));
    }

    private static void join(SocketClient client, String channel) {
        client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"]}}".formatted(channel));
        assertThat(client.next("SUBSCRIBED")).contains("\"count\":1");
    }

    private static String broadcast(String channel, String data) {
        return "{\"type\":\"BROADCAST\",\"payload\":{\"channel\":\"%s\",\"data\":%s}}".formatted(channel, data);
    }
}
