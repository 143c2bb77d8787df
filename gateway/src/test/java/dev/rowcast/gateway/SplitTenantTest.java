package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.PLACEMENT;
import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Clients of a tenant that is in three partitions: to them it is one tenant.
class SplitTenantTest extends OnStage {

    private static final TenantId SPLIT = new TenantId("split");
    private static final List<TenantId> PARTS = PLACEMENT.keys(SPLIT);
    private static final CursorCodec CURSORS = new CursorCodec(Stage.CURSOR_SECRET);

    private static int vaults;

    @Test
    @DisplayName(
            "P3: who has vaults of two parts resumes with one cursor, at another node and over the other transport")
    void oneCursorResumesInEveryPart() {
        String one = vault(1);
        String two = vault(2);
        Set<String> had;
        String cursor;
        try (EventStream stream = events("channel=" + one + "&channel=" + two)) {
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":2");
            publish(one, 0, 3);
            publish(two, 3, 6);
            List<Event> got = IntStream.range(0, 6)
                    .mapToObj(i -> stream.next("INVALIDATE"))
                    .toList();
            had = entities(got.stream().map(Event::data).toList());
            cursor = got.getLast().id();
        }
        assertThat(had).isEqualTo(numbers(0, 6));
        assertThat(offsets(cursor).keySet()).isEqualTo(partitions());

        publish(one, 6, 8);
        publish(two, 8, 10);
        try (Gateway second = stage.another();
                SocketClient socket = SocketClient.open(second.port(), "/?token=" + token())) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"cursor\":\"%s\",\"channels\":[\"%s\",\"%s\"]}}"
                    .formatted(cursor, one, two));
            publish(one, 10, 11);
            publish(two, 11, 12);
            List<String> got = new ArrayList<>();
            while (!got.containsAll(List.of("SUBSCRIBED", "11")) && got.size() < 30) {
                String text = socket.next();
                got.add(Frames.type(text).equals("INVALIDATE") ? entity(text) : Frames.type(text));
            }
            assertThat(got).doesNotContain("RESET", "ERROR");
            got.removeIf(each -> !Character.isDigit(each.charAt(0)));
            assertThat(got).containsExactlyInAnyOrderElementsOf(numbers(6, 12));
            socket.send("{\"type\":\"PING\"}");
            socket.next("PONG");
            assertThat(socket.count("INVALIDATE")).isZero();
        }
    }

    @Test
    void aRootChannelIsAskedForInItsPartAndOthersInAll() {
        String vault = vault(1);
        try (EventStream stream = events("channel=" + vault + "&channel=site:17&entity=source:919")) {
            stream.next("SUBSCRIBED"); // the channels
            stream.next("SUBSCRIBED"); // the entity

            assertThat(asked(vault)).containsExactly(PARTS.get(1).value());
            assertThat(asked("site:17")).hasSize(3);
            assertThat(asked("source:919")).hasSize(3);
        }
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(stage.topology.unsubscribed("site:17")).isEqualTo(3));
        assertThat(stage.topology.unsubscribed(vault)).isEqualTo(1);
    }

    @Test
    void whatHappensInAnyPartArrives() {
        try (EventStream stream = events("channel=site:1")) {
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":1");
            for (TenantId part : PARTS) {
                stage.topology.publish(part.value(), frame("site:1", "source", part.value(), 5));
                assertThat(stream.next("INVALIDATE").data()).contains("\"entityId\":\"" + part.value() + "\"");
            }
        }
    }

    @Test
    @DisplayName("P4: SUBSCRIBED waits for the answers of all parts")
    void subscribedWaitsForAllParts() {
        stage.topology.hold();
        try (SocketClient socket = SocketClient.open(stage.gateway.port(), "/?token=" + token())) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"site:2\"]}}");
            Awaitility.await().until(() -> asked("site:2").size() == 3);
            socket.send("{\"type\":\"PING\"}");
            socket.next("PONG");
            assertThat(socket.count("SUBSCRIBED")).isZero();

            stage.topology.letGo();

            socket.next("SUBSCRIBED");
            socket.send("{\"type\":\"PING\"}");
            socket.next("PONG");
            assertThat(socket.count("SUBSCRIBED")).isZero();
        }
    }

    @Test
    void whoWasSubscribedBeforeTheSplitIsToldToRefetch() {
        String vault = vault(2);
        String before = CURSORS.encode(SPLIT, Cursor.at(new Epoch(7), PLACEMENT.partition(SPLIT), 0));

        try (EventStream stream = events("channel=" + vault + "&cursor=" + before)) {
            assertThat(stream.next("RESET").data()).contains("\"reason\":\"CURSOR\"");
            stream.next("SUBSCRIBED");
        }
    }

    @Test
    void aVectorIsNoCursorOfATenantThatIsNotSplit() {
        String cursor;
        try (EventStream stream = events("channel=" + vault(1))) {
            cursor = stream.next("SUBSCRIBED").id();
        }
        try (EventStream stream = stage.events("channel=vault:1&cursor=" + cursor)) {
            assertThat(stream.next("RESET").data()).contains("\"reason\":\"CURSOR\"");
        }
    }

    @Test
    @DisplayName("P2: who lost a channel in one part has it in no part")
    void whoLostAChannelInOnePartHasItInNone() {
        stage.topology.grant("room:1", "user-1");
        try (SocketClient socket = SocketClient.open(stage.gateway.port(), "/?token=" + token())) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"site:3\",\"room:1\"]}}");
            socket.next("SUBSCRIBED");
            Principal user = new Principal("user-1", PrincipalKind.USER);
            long at = stage.topology.publish(PARTS.getFirst().value(), frame("nobody:1", "source", "0", 1));

            stage.topology.tell(
                    PARTS.getFirst().value(),
                    at,
                    new Revoked(user, List.of(new Target(TargetKind.CHANNEL, "site:3", ""))));
            socket.next("REVOKED");
            stage.topology.publish(PARTS.get(1).value(), frame("site:3", "source", "1", 5));
            stage.topology.publish(PARTS.getFirst().value(), frame("room:1", "source", "2", 6));

            assertThat(socket.next("INVALIDATE")).contains("\"entityId\":\"2\"");
            socket.send("{\"type\":\"PING\"}");
            socket.next("PONG");
            assertThat(socket.count("INVALIDATE")).isZero();
        }
    }

    @Test
    void aPlaceInTheLogIsReachedWhenTheClientsPartsReachedIt() {
        try (SocketClient socket = SocketClient.open(stage.gateway.port(), "/?token=" + token())) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"site:4\"]}}");
            socket.next("SUBSCRIBED");
            socket.send("{\"type\":\"WAIT\",\"id\":\"w\",\"payload\":{\"lsn\":\"0/500\",\"timeoutMs\":10000}}");
            progress(PARTS.get(0), 0x500);
            progress(PARTS.get(1), 0x500);
            socket.send("{\"type\":\"PING\"}");
            socket.next("PONG");
            assertThat(socket.count("REACHED")).isZero();

            progress(PARTS.get(2), 0x500);

            assertThat(socket.next("REACHED")).contains("\"id\":\"w\"");
        }
    }

    @Test
    @DisplayName("P7: nobody may have the name of a part")
    void nobodyMayHaveTheNameOfAPart() {
        EventStream stream = EventStream.open(
                stage.gateway.port(),
                "/v1/events?channel=vault:1",
                "authorization: Bearer "
                        + Jwts.of("user-1", "split/1", Instant.now().plusSeconds(60)) + "\r\n");
        assertThat(stream.status()).isEqualTo(401);
        stream.close();
    }

    private static void progress(TenantId part, long lsn) {
        stage.topology.tell(part.value(), new Progress(lsn, Instant.now().toEpochMilli() * 1_000));
    }

    private static void publish(String vault, int from, int until) {
        TenantId part = PLACEMENT.keysOfChannel(SPLIT, vault).getFirst();
        for (int i = from; i < until; i++) {
            stage.topology.publish(part.value(), frame(vault, "source", "" + i, 1 + i));
        }
    }

    /// A channel of this part that no other test has.
    private static String vault(int part) {
        while (true) {
            String vault = "vault:" + ++vaults;
            if (PLACEMENT.keysOfChannel(SPLIT, vault).getFirst().equals(PARTS.get(part))) {
                return vault;
            }
        }
    }

    private static List<String> asked(String target) {
        return stage.topology.askedIn(target);
    }

    private static EventStream events(String query) {
        return EventStream.open(stage.gateway.port(), "/v1/events?" + query, "apikey: pk_split\r\n");
    }

    private static String token() {
        return Jwts.of("user-1", "split", Instant.now().plusSeconds(3600));
    }

    private static SortedMap<Integer, Long> offsets(String cursor) {
        return CURSORS.decode(PLACEMENT.cursorOwner(SPLIT), cursor)
                .orElseThrow()
                .offsets();
    }

    private static Set<Integer> partitions() {
        return PARTS.stream().map(PLACEMENT::partition).collect(Collectors.toSet());
    }

    private static Set<String> entities(List<String> messages) {
        Set<String> ids = messages.stream().map(SplitTenantTest::entity).collect(Collectors.toSet());
        assertThat(ids).hasSameSizeAs(messages);
        return ids;
    }

    private static String entity(String text) {
        return text.replaceAll(".*\"entityId\":\"(\\w+)\".*", "$1");
    }

    private static Set<String> numbers(int from, int until) {
        return IntStream.range(from, until).mapToObj(Integer::toString).collect(Collectors.toSet());
    }
}
