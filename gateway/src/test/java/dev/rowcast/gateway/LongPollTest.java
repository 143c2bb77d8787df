package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Registry;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.Polls.Answer;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Messages as answers to requests, for networks that let no stream through.
class LongPollTest extends OnStage {

    private static Answer poll(String query) {
        return Polls.poll(stage.gateway.port(), query);
    }

    private static Polls.Waiting begin(String query) {
        return Polls.begin(stage.gateway.port(), query);
    }

    @Test
    void theFirstPollIsAnsweredAtOnceWithTheCursorToGoOnFrom() {
        long began = System.nanoTime();

        Answer first = poll("channel=vault:1");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.contentType()).isEqualTo("application/json");
        // The beat of the second may fall into it.
        assertThat(first.types())
                .containsSubsequence("WELCOME", "SUBSCRIBED", "PROGRESS")
                .containsOnly("WELCOME", "SUBSCRIBED", "PROGRESS");
        assertThat(first.cursor()).contains(stage.topology.cursor("demo", stage.topology.last("demo")));
    }

    @Test
    void whatHappensBetweenTwoPollsComesWithTheNextOneByteForByteAsOnAStream() {
        String cursor = poll("channel=vault:2").cursor().orElseThrow();
        try (EventStream stream = stage.events("channel=vault:2")) {
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:2", "source", "77", 42));

            Answer next = poll("channel=vault:2&cursor=" + cursor);

            assertThat(next.types()).containsSubsequence("WELCOME", "INVALIDATE", "SUBSCRIBED");
            assertThat(next.body()).contains("," + stream.next("INVALIDATE").data() + ",");
        }
    }

    @Test
    void aPollWaitsForNewsAndIsAnsweredWithThem() {
        String cursor = poll("channel=vault:3").cursor().orElseThrow();
        Polls.Waiting waiting = begin("channel=vault:3&cursor=" + cursor);
        Awaitility.await().until(() -> stage.topology.askedIn("vault:3").size() == 2);

        long offset = stage.topology.publish("demo", frame("vault:3", "source", "1", 1));

        Answer answer = waiting.answer();
        assertThat(answer.entities()).containsExactly("1");
        assertThat(answer.cursor()).contains(stage.topology.cursor("demo", offset));
    }

    @Test
    void withoutNewsItIsAnsweredInTimeWithAPlaceToGoOnFrom() {
        String cursor = poll("channel=vault:4").cursor().orElseThrow();

        Answer answer = poll("wait=1&channel=vault:4&cursor=" + cursor);

        assertThat(answer.types())
                .containsSubsequence("WELCOME", "SUBSCRIBED", "PROGRESS")
                .containsOnly("WELCOME", "SUBSCRIBED", "PROGRESS");
        assertThat(answer.cursor()).isPresent();
    }

    @Test
    void nobodyHasToWait() {
        String cursor = poll("channel=vault:5").cursor().orElseThrow();
        stage.topology.publish("demo", frame("vault:5", "source", "1", 1));

        Answer answer = poll("wait=0&channel=vault:5&cursor=" + cursor);

        assertThat(answer.entities()).containsExactly("1");
    }

    @Test
    void aTransactionIsNeverTornApart() {
        String cursor = poll("channel=vault:6").cursor().orElseThrow();
        List<Principal> both =
                List.of(new Principal("key-other", PrincipalKind.KEY), new Principal("key-demo", PrincipalKind.KEY));
        Polls.Waiting waiting = begin("channel=vault:6&cursor=" + cursor);
        Awaitility.await().until(() -> stage.topology.askedIn("vault:6").size() == 2);

        stage.topology.publish(
                "demo",
                frame("vault:6", "source", "a", 1),
                frame("vault:6", "source", "b", 2),
                frame("vault:6", "source", "c", 3));
        Answer answer = waiting.answer();

        assertThat(answer.entities()).containsExactly("a", "b", "c");
        Polls.Waiting next = begin("channel=vault:6&cursor=" + answer.cursor().orElseThrow());
        Awaitility.await().until(() -> stage.topology.askedIn("vault:6").size() == 3);
        stage.topology.publishInParts("demo", frame("vault:6", "source", "d", 4), both);
        Answer whole = next.answer();
        assertThat(whole.entities()).contains("d");
        assertThat(whole.cursor()).contains(stage.topology.cursor("demo", stage.topology.last("demo")));
    }

    @Test
    void whatIsTooMuchForOneAnswerComesInPages() {
        String cursor = poll("channel=vault:7").cursor().orElseThrow();
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String id = i + "-" + "x".repeat(4_000);
            published.add(id);
            stage.topology.publish("demo", frame("vault:7", "source", id, i + 1));
        }

        List<String> got = new ArrayList<>();
        int pages = 0;
        while (got.size() < published.size()) {
            Answer answer = poll("channel=vault:7&cursor=" + cursor);
            assertThat(answer.types()).doesNotContain("RESET");
            assertThat(answer.body().length()).isLessThan(300 << 10);
            got.addAll(answer.entities());
            cursor = answer.cursor().orElseThrow();
            pages++;
        }

        assertThat(got).isEqualTo(published);
        assertThat(pages).isBetween(6, 10);
    }

    @Test
    void aClientThatLeavesIsForgotten() {
        String cursor = poll("channel=vault:8").cursor().orElseThrow();
        // What other tests asked for is answered, or given up, within a long-poll's time.
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> stage.gateway.connections() == 0);
        Polls.Waiting waiting = begin("channel=vault:8&cursor=" + cursor);
        Awaitility.await().until(() -> stage.gateway.connections() == 1);

        waiting.leave();

        Awaitility.await().until(() -> stage.gateway.connections() == 0);
        Awaitility.await().until(() -> stage.topology.unsubscribed("vault:8") == 2);
    }

    @Test
    void aCursorThatIsNoneIsAResetAndAPlaceToGoOnFrom() {
        Answer answer = poll("channel=vault:9&cursor=nonsense");

        assertThat(answer.types())
                .containsSubsequence("WELCOME", "RESET", "SUBSCRIBED", "PROGRESS")
                .containsOnly("WELCOME", "RESET", "SUBSCRIBED", "PROGRESS");
        assertThat(answer.body()).contains("\"reason\":\"CURSOR\"");
        assertThat(poll("wait=0&channel=vault:9&cursor=" + answer.cursor().orElseThrow())
                        .types())
                .doesNotContain("RESET");
    }

    @Test
    void whatIsRefusedDoesNotMakeTheClientPollInALoop() {
        stage.topology.forbid("vault:10");
        Answer first = poll("channel=vault:10&channel=vault:11");
        assertThat(first.body()).contains("{\"target\":\"vault:10\",\"code\":\"NOT_FOUND\"}");
        long began = System.nanoTime();

        Answer second = poll("wait=1&channel=vault:10&channel=vault:11&cursor="
                + first.cursor().orElseThrow());

        assertThat(second.types()).doesNotContain("RESET");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(990));
    }

    @Test
    void aTokenThatEndsSoonDoesNotMakeTheClientPollInALoop() {
        String[] as = {
            "Authorization", "Bearer " + Jwts.of("user-1", "demo", Instant.now().plusSeconds(200))
        };
        Answer first = Polls.poll(stage.gateway.port(), "channel=vault:12", as);
        assertThat(first.types()).contains("TOKEN_EXPIRING_SOON");
        long began = System.nanoTime();

        Answer second = Polls.poll(
                stage.gateway.port(),
                "wait=1&channel=vault:12&cursor=" + first.cursor().orElseThrow(),
                as);

        assertThat(second.types()).contains("TOKEN_EXPIRING_SOON");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(990));
    }

    @Test
    void whatIsWrongIsAProblemWithACode() {
        for (String query : List.of(
                "",
                "channel=vault",
                "channel=vault:1&wait=26",
                "channel=vault:1&wait=-1",
                "channel=vault:1&wait=x",
                "channel=vault:1&prelude=yes",
                "channel=lobby:1&presence=true")) {
            Answer answer = poll(query);
            assertThat(answer.status()).as(query).isEqualTo(400);
            assertThat(answer.contentType()).isEqualTo("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"INVALID_MESSAGE\"");
        }
        Answer stranger = Polls.poll(stage.gateway.port(), "channel=vault:1", "apikey", "pk_unknown");
        assertThat(stranger.status()).isEqualTo(401);
        // What is good for an EventSource only.
        assertThat(Polls.poll(stage.gateway.port(), "channel=vault:1", "apikey", "pk_unknown", "Last-Event-ID", "x")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aFullGatewaySaysSoWithAStatus(Kafka kafka, Registry registry) throws Exception {
        try (Stage full = Stage.withLimits(kafka, registry, limits -> limits.withConnections(few -> few.withNode(1)));
                EventStream first = full.events("channel=vault:1")) {
            first.next("SUBSCRIBED");

            Answer answer = Polls.poll(full.gateway.port(), "channel=vault:1");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"OVERLOADED\"");
        }
    }

    @Test
    void aPollerOfTwoGatewaysGetsEverythingOnceAndInOrder() {
        long seed = System.nanoTime();
        System.out.println("LongPollTest seed " + seed);
        Random random = new Random(seed);
        try (Gateway second = stage.another()) {
            List<String> published = new ArrayList<>();
            List<String> got = new ArrayList<>();
            String cursor = poll("channel=vault:20").cursor().orElseThrow();
            for (int round = 0; round < 40; round++) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    Frame[] changes = new Frame[1 + random.nextInt(3)];
                    for (int j = 0; j < changes.length; j++) {
                        published.add("e" + published.size());
                        changes[j] = frame("vault:20", "source", published.getLast(), published.size());
                    }
                    stage.topology.publish("demo", changes);
                }
                int port = random.nextBoolean() ? stage.gateway.port() : second.port();
                Answer answer = Polls.poll(port, "wait=0&channel=vault:20&cursor=" + cursor);
                got.addAll(answer.entities());
                cursor = answer.cursor().orElse(cursor);
            }
            while (got.size() < published.size()) {
                Answer answer = poll("channel=vault:20&wait=5&cursor=" + cursor);
                got.addAll(answer.entities());
                cursor = answer.cursor().orElse(cursor);
            }
            assertThat(got).as("seed " + seed).isEqualTo(published);
        }
    }
}
