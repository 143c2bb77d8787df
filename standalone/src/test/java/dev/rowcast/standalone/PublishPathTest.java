package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.standalone.EventStream.Event;
import dev.rowcast.standalone.RunningStack.Running;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What applications and clients say themselves, through every real part.
@ExtendWith(RunningStack.class)
class PublishPathTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Running running;
    private final String id = "e2e-" + UUID.randomUUID();

    PublishPathTest(Running running) {
        this.running = running;
    }

    @Test
    @DisplayName("SP-07, SP-08, SI-12: a published event reaches subscribers and direct consumers once, under one id")
    void aPublishedEventReachesSubscribersAndDirectConsumersOnce() throws Exception {
        try (EventStream client = EventStream.open(running.at().gateway(), "channel=vault:1", "pk_demo")) {
            client.await("SUBSCRIBED");
            String body = """
                    {"id": "%s", "type": "vault.announced", "channels": ["vault:1"], "collection": "vaults",
                     "itemId": "1", "metadata": {"price": 12.50, "who": "Zoë"}}
                    """.formatted(id);

            HttpResponse<String> answer = post(body);
            HttpResponse<String> again = post(body);
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(again.statusCode()).isEqualTo(202);

            Event content = client.await("CONTENT");
            assertThat(content.data())
                    .contains("\"event\":\"vault.announced\"", "\"collection\":\"vaults\"", "\"item_id\":\"1\"")
                    .contains("\"metadata\":{\"price\": 12.50, \"who\": \"Zoë\"}");
            assertThat(content.id()).isPresent();
            for (HttpResponse<String> each : List.of(answer, again)) {
                String job = each.headers().firstValue("Location").orElseThrow();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> get(job).body().contains("\"status\":\"published\""));
            }
            assertThat(client.events())
                    .filteredOn(event -> event.type().equals("CONTENT"))
                    .hasSize(1);
            assertThat(events()).singleElement().satisfies(event -> {
                assertThat(event.getEvent()).isEqualTo("vault.announced");
                assertThat(event.getTenant()).isEqualTo("demo");
                assertThat(event.getItemId()).isEqualTo("1");
            });
        }
    }

    @Test
    @DisplayName("what a client broadcasts reaches the other members of its channel, and nobody else")
    void whatAClientBroadcastsReachesTheOtherMembers() throws Exception {
        try (EventStream member = follow("bob");
                EventStream stranger = follow("nobody")) {
            assertThat(member.await("SUBSCRIBED").data()).contains("\"count\":1");
            stranger.await("SUBSCRIBED");
            var heard = new LinkedBlockingQueue<String>();
            WebSocket alice = HTTP.newWebSocketBuilder()
                    .buildAsync(
                            URI.create(running.at().gateway().replace("http:", "ws:") + "/v1/socket?token="
                                    + running.token("alice", "demo")),
                            new Listener(heard))
                    .join();
            alice.sendText("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:2\"]}}", true)
                    .join();
            Awaitility.await().until(() -> heard.stream().anyMatch(text -> text.contains("\"SUBSCRIBED\"")));

            alice.sendText(
                            "{\"type\":\"BROADCAST\",\"payload\":{\"channel\":\"vault:2\",\"data\":\"%s\"}}"
                                    .formatted(id),
                            true)
                    .join();

            assertThat(member.await("BROADCAST").data())
                    .isEqualTo("{\"type\":\"BROADCAST\",\"payload\":{\"channel\":\"vault:2\",\"from\":\"alice\","
                            + "\"data\":\"%s\"}}".formatted(id));
            assertThat(stranger.events()).noneMatch(event -> event.data().contains(id));
            assertThat(heard).noneMatch(text -> text.contains(id));
            alice.abort();
        }
    }

    private EventStream follow(String user) throws Exception {
        return EventStream.open(running.at().gateway(), "channel=vault:2", "", running.as(user));
    }

    /// Keeps what it hears.
    private record Listener(Queue<String> heard) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            heard.add(text.toString());
            socket.request(1);
            return CompletableFuture.completedFuture(text);
        }
    }

    private HttpResponse<String> post(String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(running.at().gateway() + "/v1/tenants/demo/events"))
                        .header("Authorization", "Bearer sk_demo_sample")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(running.at().gateway() + path))
                        .header("Authorization", "Bearer sk_demo_sample")
                        .build(),
                BodyHandlers.ofString());
    }

    /// Of `rowcast.events`, under the id of this test.
    private List<ContentEvent> events() {
        var reader = new TopicSerdes(new RegistryClient(running.at().registry()))
                .value(Topics.EVENTS)
                .deserializer();
        List<ContentEvent> events = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", running.at().kafka(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, Topics.EVENTS.partitions())
                    .mapToObj(number -> new TopicPartition(Topics.EVENTS.name(), number))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200))) {
                    if (new String(each.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8).equals(id)) {
                        events.add(reader.deserialize(each.topic(), each.value()));
                    }
                }
            }
        }
        return events;
    }
}
