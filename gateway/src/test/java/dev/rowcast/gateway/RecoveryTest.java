package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static dev.rowcast.gateway.support.TopologyStandIn.partition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.protocol.Frames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What sessions notice when the node, its home or the log is not what it was: no gap, and nothing twice.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class RecoveryTest {

    private static Stage stage;
    private static String bootstrapServers;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        stage = Stage.set(kafka, registry);
        bootstrapServers = kafka.bootstrapServers();
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    @Test
    @DisplayName("P3: a node whose lease ran out gets its subscriptions back and misses nothing")
    void aNodeWhoseLeaseRanOutMissesNothing() {
        try (EventStream stream = stage.events("channel=vault:1")) {
            stream.next("SUBSCRIBED");
            publish("vault:1", 0, 2);

            stage.topology.endLeases();
            publish("vault:1", 2, 5);
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(stage.topology::leasesAreBack);
            publish("vault:1", 5, 7);

            assertThat(entities(stream, 7)).isEqualTo(numbers(7));
        }
    }

    @Test
    @DisplayName("P3: what was told together before its end is not told twice when it has to be asked for again")
    void whatWasToldTogetherIsNotToldTwice() {
        long start = stage.topology.last("demo");
        publish("vault:17", 0, 5);
        String query = "channel=vault:17&cursor=" + stage.topology.cursor("demo", start);
        stage.topology.hold();
        try (EventStream stream = stage.events(query)) {
            Awaitility.await().until(() -> subscribes("vault:17") == 1);
            stage.topology.replayTogether(
                    start, stage.topology.after("demo", start).subList(0, 3));
            List<String> got = new ArrayList<>(entities(stream, 3));

            stage.topology.endLeases();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> subscribes("vault:17") == 2);
            stage.topology.letGo();
            publish("vault:17", 5, 6);
            got.addAll(entities(stream, 3));

            assertThat(got).isEqualTo(numbers(6));
        } finally {
            stage.topology.letGo();
        }
    }

    @Test
    @DisplayName("P3: a session whose gateway closes goes on at another, whose own sessions notice nothing")
    void theSessionsOfAGatewayThatClosesGoOnAtAnother() {
        Gateway leaving = stage.another();
        List<String> moved = new ArrayList<>();
        try (EventStream stays = stage.events("channel=vault:2");
                EventStream before = stage.events(leaving, "channel=vault:2")) {
            stays.next("SUBSCRIBED");
            before.next("SUBSCRIBED");
            publish("vault:2", 0, 3);

            leaving.close();
            publish("vault:2", 3, 6);
            String cursor = drain(before, moved);

            try (EventStream after = stage.events("channel=vault:2&cursor=" + cursor)) {
                moved.addAll(entities(after, 6 - moved.size()));
                after.next("SUBSCRIBED");
                publish("vault:2", 6, 8);
                moved.addAll(entities(after, 2));
            }
            assertThat(moved).isEqualTo(numbers(8));
            assertThat(entities(stays, 8)).isEqualTo(numbers(8));
        }
    }

    @Test
    @DisplayName("P3: when the group gives nodes other homes, their sessions go on without gap or double")
    void whenTheGroupGivesOtherHomesTheSessionsGoOn() throws Exception {
        try (Gateway second = stage.another();
                EventStream one = stage.events("channel=vault:3");
                EventStream two = stage.events(second, "channel=vault:3");
                Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            one.next("SUBSCRIBED");
            two.next("SUBSCRIBED");
            long before = subscribes("vault:3");
            publish("vault:3", 0, 3);

            admin.removeMembersFromConsumerGroup("rowcast-gateway", new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            int published = 3;
            while (subscribes("vault:3") < before + 2 || published < 50) {
                publish("vault:3", published, ++published);
                Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
                assertThat(published).as("homes were taken again").isLessThan(1_000);
            }
            publish("vault:3", published, ++published);

            assertThat(entities(one, published)).isEqualTo(numbers(published));
            assertThat(entities(two, published)).isEqualTo(numbers(published));
        }
    }

    @Test
    @DisplayName("P4: who subscribes while the topology is behind the node is asked for again and misses nothing")
    void whoSubscribesWhileTheTopologyIsBehindMissesNothing() {
        long start = stage.topology.last("demo");
        publish("vault:4", 0, 6);
        try (EventStream other = stage.events("channel=vault:4")) {
            other.next("SUBSCRIBED");
        }
        stage.topology.readAgainUpTo(start + 3);
        try (EventStream stream = stage.events("channel=vault:4&cursor=" + stage.topology.cursor("demo", start))) {
            List<String> got = new ArrayList<>(entities(stream, 3));
            Awaitility.await().until(() -> subscribes("vault:4") >= 4);

            stage.topology.readAgainUpTo(Long.MAX_VALUE);
            got.addAll(entities(stream, 3));
            stream.next("SUBSCRIBED");
            publish("vault:4", 6, 7);
            got.addAll(entities(stream, 1));

            assertThat(got).isEqualTo(numbers(7));
        } finally {
            stage.topology.readAgainUpTo(Long.MAX_VALUE);
        }
    }

    @Test
    void aTruncateTellsWhoWatchesTheTableToRefetchAndGoOn() {
        try (EventStream watching = stage.events("channel=vault:5");
                EventStream elsewhere = stage.events("channel=vault:6")) {
            watching.next("SUBSCRIBED");
            elsewhere.next("SUBSCRIBED");

            stage.topology.tell("demo", new Reset(null, null, ResetReason.TRUNCATED, List.of(channel("vault:5"))));
            publish("vault:5", 0, 1);
            publish("vault:6", 0, 1);

            Event reset = watching.next("RESET");
            assertThat(reset.data()).contains("\"reason\":\"TRUNCATED\",\"targets\":[\"vault:5\"]");
            assertThat(reset.id()).isNotEmpty();
            watching.next("INVALIDATE");
            assertThat(typesUntil(elsewhere, "INVALIDATE")).doesNotContain("RESET");
        }
    }

    @Test
    @DisplayName("P3: a node that is known does not hold for had what a task is ahead of that reads its input again")
    void aNodeThatIsKnownIsWhereItWas() {
        try (EventStream stream = stage.events("channel=vault:16")) {
            stream.next("SUBSCRIBED");

            stage.topology.tell("demo", stage.topology.last("demo") + 3, new Attached(true));
            publish("vault:16", 0, 5);

            assertThat(entities(stream, 5)).isEqualTo(numbers(5));
        }
    }

    @Test
    @DisplayName("P3: who comes after a reset that others of the same change may follow is answered by the topology")
    void whoComesAfterAResetIsAnsweredByTheTopology() {
        try (SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo")) {
            assertThat(asksWhenSubscribing(client)).isEqualTo(1);
            assertThat(asksWhenSubscribing(client)).isZero();

            stage.topology.tell("demo", new Reset(null, null, ResetReason.TRUNCATED, List.of(channel("vault:15"))));
            client.next("RESET");
            assertThat(asksWhenSubscribing(client)).isEqualTo(1);

            publish("vault:15", 0, 1);
            client.next("INVALIDATE");
            assertThat(asksWhenSubscribing(client)).isZero();
        }
    }

    @Test
    @DisplayName("Row 55: a tenant waits for its own partition alone, whatever becomes of the others'")
    void aTenantWaitsForItsOwnPartitionAlone() {
        assertThat(partition("other")).isNotEqualTo(partition("demo"));
        stage.topology.ignore(partition("other"));
        try (Gateway late = stage.starting()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions() // the key may not be known yet
                    .until(() -> subscribing(late, "pk_demo").contains("SUBSCRIBED"));

            assertThat(subscribing(late, "pk_other")).contains("NOT_READY", "retryAfterMs");
            assertThat(subscribing(late, "pk_demo")).contains("\"count\":1");
        } finally {
            stage.topology.ignore(-1);
        }
    }

    private static String subscribing(Gateway at, String key) {
        try (SocketClient client = SocketClient.open(at.port(), "/v1/socket?apikey=" + key)) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:18\"]}}");
            String text = client.next();
            while (!List.of("SUBSCRIBED", "ERROR").contains(Frames.type(text))) {
                text = client.next();
            }
            return text;
        }
    }

    private static long asksWhenSubscribing(SocketClient client) {
        long before = subscribes("vault:15");
        client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:15\"]}}");
        client.next("SUBSCRIBED");
        return subscribes("vault:15") - before;
    }

    @Test
    @DisplayName("P2 P7: what concerns a user does not concern the key of the same id")
    void whatConcernsAUserDoesNotConcernTheKeyOfTheSameId() {
        Instant later = Instant.now().plusSeconds(600);
        try (SocketClient key = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
                SocketClient user = SocketClient.open(
                        stage.gateway.port(), "/v1/socket?token=" + Jwts.of("key-demo", "demo", later))) {
            for (SocketClient client : List.of(key, user)) {
                client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"s\"]}}");
                client.next("SUBSCRIBED");
            }
            Principal theUser = new Principal("key-demo", PrincipalKind.USER);
            Principal theKey = new Principal("key-demo", PrincipalKind.KEY);
            Target source = new Target(TargetKind.ENTITY, "source:s", "");

            publishTo(theUser, "for the user");
            publishTo(theKey, "for the key");
            assertThat(user.next("INVALIDATE")).contains("for the user");
            assertThat(key.next("INVALIDATE")).contains("for the key");

            stage.topology.tell("demo", new Reset(null, theUser, ResetReason.SCHEMA, List.of()));
            stage.topology.tell("demo", new Revoked(theUser, List.of(source)));
            publishTo(theKey, "for the key again");

            user.next("RESET");
            user.next("REVOKED");
            String next = key.next();
            while (next.contains("\"PROGRESS\"")) {
                next = key.next();
            }
            assertThat(next).contains("for the key again");
        }
    }

    @Test
    @DisplayName("P3: another incarnation of the log is a RESET for everybody, and then its changes follow")
    void anotherIncarnationOfTheLogResetsEverybody() throws Exception {
        try (EventStream demo = stage.events("channel=vault:7");
                EventStream other =
                        EventStream.open(stage.gateway.port(), "/v1/events?channel=vault:7&apikey=pk_other", "")) {
            demo.next("SUBSCRIBED");
            other.next("SUBSCRIBED");
            publish("vault:7", 0, 1);
            demo.next("INVALIDATE");

            stage.topology.newEpoch();
            publish("vault:7", 1, 2);

            Event reset = demo.next("RESET");
            assertThat(reset.data()).contains("\"reason\":\"EPOCH\"").doesNotContain("targets");
            assertThat(reset.id()).isEqualTo(stage.topology.cursor("demo", 0));
            assertThat(entities(demo, 1)).containsExactly("1");
            other.next("RESET");
        }
    }

    private static void publishTo(Principal principal, String id) {
        var elsewhere = frame("vault:nobody", "source", id, 1);
        elsewhere = new dev.rowcast.schemas.avro.Frame(
                List.of(),
                List.of(),
                "source:s",
                List.of(principal),
                0L,
                1L,
                1L,
                elsewhere.getCommitUs(),
                elsewhere.getCapturedUs(),
                elsewhere.getKeys(),
                elsewhere.getRows());
        stage.topology.publish("demo", elsewhere);
    }

    /// Entities named by their numbers, from the first to before the last.
    private static void publish(String channel, int from, int to) {
        for (int i = from; i < to; i++) {
            stage.topology.publish("demo", frame(channel, "source", "" + i, i + 1));
        }
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static List<String> entities(EventStream stream, int count) {
        return Stream.generate(() -> entity(stream.next("INVALIDATE")))
                .limit(count)
                .toList();
    }

    private static String entity(Event event) {
        return event.data().replaceAll(".*\"entityId\":\"([^\"]+)\".*", "$1");
    }

    /// Reads to the end.
    ///
    /// @return the last cursor
    private static String drain(EventStream stream, List<String> entities) {
        String cursor = "";
        for (Event event = stream.next(); !event.type().equals("END"); event = stream.next()) {
            cursor = event.id().isEmpty() ? cursor : event.id();
            if (event.type().equals("INVALIDATE")) {
                entities.add(entity(event));
            }
        }
        return cursor;
    }

    private static List<String> typesUntil(EventStream stream, String last) {
        List<String> types = new ArrayList<>();
        do {
            types.add(stream.next().type());
        } while (!types.getLast().equals(last));
        return types;
    }

    private static long subscribes(String target) {
        return stage.topology.commands().stream()
                .filter(command -> command.getBody() instanceof Subscribe subscribe
                        && subscribe.getTargets().contains(channel(target)))
                .count();
    }

    private static Target channel(String name) {
        return new Target(TargetKind.CHANNEL, name, "");
    }
}
