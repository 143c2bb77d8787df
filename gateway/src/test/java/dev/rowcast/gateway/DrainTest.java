package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.Polls.Answer;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A gateway that is stopped while others run.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class DrainTest {

    private static final int STREAMS = 200;
    private static final int SOCKETS = 100;
    private static final Pattern RETRY = Pattern.compile("\"retryAfterMs\":(\\d+)");

    @Test
    @DisplayName("G-4 G-5: everybody is told one after the other, and finds everything elsewhere")
    void everybodyIsToldOneAfterTheOtherAndFindsEverythingElsewhere(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withDrain(Duration.ofSeconds(3)))) {
            Gateway leaving = stage.another();
            List<EventStream> streams = IntStream.range(0, STREAMS)
                    .mapToObj(i -> stage.events(leaving, "channel=vault:1"))
                    .toList();
            List<SocketClient> sockets = IntStream.range(0, SOCKETS)
                    .mapToObj(i -> SocketClient.open(leaving.port(), "/v1/socket?apikey=pk_demo"))
                    .toList();
            sockets.forEach(socket -> socket.next("WELCOME"));
            sockets.forEach(socket -> socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:1\"]}}"));
            streams.forEach(stream -> stream.next("SUBSCRIBED"));
            sockets.forEach(socket -> socket.next("SUBSCRIBED"));
            String cursor =
                    Polls.poll(leaving.port(), "channel=vault:2").cursor().orElseThrow();
            Polls.Waiting waiting = Polls.begin(leaving.port(), "channel=vault:2&cursor=" + cursor);
            // Its subscription is answered: before that nothing that it is told has a cursor.
            Awaitility.await()
                    .until(() -> leaving.connections() == STREAMS + SOCKETS + 1
                            && leaving.meters()
                                            .get("rowcast.subscriptions")
                                            .gauge()
                                            .value()
                                    == STREAMS + SOCKETS + 1);

            long began = System.nanoTime();
            Thread stopping = Thread.ofPlatform().start(leaving::close);
            Answer answer = waiting.answer();
            assertThat(answer.types()).contains("GOAWAY");
            assertThat(answer.cursor()).isPresent();
            // The others are still there, and get what happens meanwhile.
            assertThat(leaving.connections()).isGreaterThan((STREAMS + SOCKETS) / 2);
            assertThat(readiness(leaving)).isEqualTo(503);
            Set<Integer> seen = new HashSet<>();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        seen.add(leaving.connections());
                        return leaving.connections() == 0;
                    });
            Duration spread = Duration.ofNanos(System.nanoTime() - began);
            stopping.join(10_000);
            assertThat(stopping.isAlive()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));

            // Each loop, of which there are as many as processors, lets one go every 10 ms, give or take a half.
            Duration least = Duration.ofMillis(
                    5L * (STREAMS + SOCKETS) / Runtime.getRuntime().availableProcessors());
            assertThat(spread).isBetween(least, Duration.ofSeconds(5));
            assertThat(seen).hasSizeGreaterThan(20);
            stage.topology.publish("demo", frame("vault:1", "source", "meanwhile", 1));
            Set<Long> delays = new HashSet<>();
            List<String> cursors = new ArrayList<>();
            for (EventStream stream : streams) {
                Event retry = stream.next("retry");
                Event goaway = stream.next("GOAWAY");
                assertThat(retry.text()).isEqualTo("retry: " + retryAfter(goaway.data()));
                delays.add(retryAfter(goaway.data()));
                cursors.add(goaway.id());
                assertThat(stream.endedInOrder()).isTrue();
            }
            for (SocketClient socket : sockets) {
                String goaway = socket.next("GOAWAY");
                delays.add(retryAfter(goaway));
                cursors.add(goaway.replaceAll(".*\"cursor\":\"(.*)\"}", "$1"));
                assertThat(socket.closeCode()).isEqualTo(4000);
            }
            assertThat(delays).hasSizeGreaterThan(200).allMatch(delay -> delay >= 1_000 && delay <= 10_000);
            assertThat(cursors).doesNotContain("").hasSize(STREAMS + SOCKETS);
            for (String each : Set.copyOf(cursors)) {
                try (EventStream back = stage.events("channel=vault:1&cursor=" + each)) {
                    assertThat(back.next("INVALIDATE").data()).contains("meanwhile");
                }
            }
        }
    }

    @Test
    void untilItsTurnComesAClientGetsWhatHappens(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withDrain(Duration.ofSeconds(4)))) {
            Gateway leaving = stage.another();
            List<EventStream> streams = IntStream.range(0, 300)
                    .mapToObj(i -> stage.events(leaving, "channel=vault:3"))
                    .toList();
            streams.forEach(stream -> stream.next("SUBSCRIBED"));

            Thread stopping = Thread.ofPlatform().start(leaving::close);
            Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> leaving.connections() < 300);
            stage.topology.publish("demo", frame("vault:3", "source", "late", 1));
            stopping.join();

            int got = 0;
            Set<String> missed = new HashSet<>();
            for (EventStream stream : streams) {
                boolean late = false;
                for (Event event = stream.next(); !event.type().equals("END"); event = stream.next()) {
                    late |= event.data().contains("\"late\"");
                    if (event.type().equals("GOAWAY") && !late) {
                        missed.add(event.id());
                    }
                }
                got += late ? 1 : 0;
            }
            assertThat(got).isPositive().isLessThan(300);
            for (String cursor : missed) {
                try (EventStream back = stage.events("channel=vault:3&cursor=" + cursor)) {
                    assertThat(back.next("INVALIDATE").data()).contains("late");
                }
            }
        }
    }

    private static long retryAfter(String goaway) {
        var matcher = RETRY.matcher(goaway);
        assertThat(matcher.find()).as(goaway).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static int readiness(Gateway gateway) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/health/ready"))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }
}
