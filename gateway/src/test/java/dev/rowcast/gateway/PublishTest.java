package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.limit.PublishLimits;
import dev.rowcast.gateway.support.AccessLines;
import dev.rowcast.gateway.support.IngestStandIn;
import dev.rowcast.gateway.support.IngestStandIn.Waiting;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Publishing over HTTP. What ingest and the topology then do is theirs to hold.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class PublishTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String EVENT = "{\"type\":\"content.published\",\"channels\":[\"site:7\"]}";

    /// Seldom enough that requests are left for the rest of the test, of the 1,000 a minute of an address.
    private static final Duration WATCH_EVERY = Duration.ofMillis(30);

    private static Stage stage;
    private static IngestStandIn ingest;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) throws Exception {
        stage = Stage.set(kafka, registry);
        ingest = new IngestStandIn(kafka.bootstrapServers(), registry.url());
    }

    @AfterAll
    static void close() throws InterruptedException {
        ingest.close();
        stage.close();
    }

    @BeforeEach
    void nothingWaits() {
        ingest.order(event -> false);
    }

    @Test
    @DisplayName("SI-11, SP-07: an event is in the inbox when it is answered, with all that it had")
    void anEventIsInTheInboxWhenItIsAnswered() {
        Instant before = Instant.now();
        HttpResponse<String> answer =
                post("sk_demo", "demo", """
                {"id": "release-12", "type": "content.published", "channels": ["site:7", "site:8"],
                 "collection": "posts", "slug": "hello", "itemId": "42",
                 "metadata": {"price": 12.50, "big": 9007199254740993, "who": "Zoë"}}
                """, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode body = json(answer);
        assertThat(body.get("status").stringValue()).isEqualTo("queued");
        assertThat(body.get("ids").toString()).isEqualTo("[\"release-12\"]");
        assertThat(answer.headers().firstValue("Location"))
                .contains("/v1/jobs/" + body.get("jobId").stringValue());
        assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("1000");

        Waiting event = ingest.read().getLast();
        assertThat(event.tenant()).isEqualTo("demo");
        assertThat(event.event().getId()).isEqualTo("release-12");
        assertThat(event.event().getType()).isEqualTo("content.published");
        assertThat(event.event().getChannels()).containsExactly("site:7", "site:8");
        assertThat(event.event().getCollection()).isEqualTo("posts");
        assertThat(event.event().getSlug()).isEqualTo("hello");
        assertThat(event.event().getItemId()).isEqualTo("42");
        assertThat(event.event().getMetadata())
                .isEqualTo("{\"price\": 12.50, \"big\": 9007199254740993, \"who\": \"Zoë\"}");
        assertThat(event.event().getPublishedUs() / 1_000).isGreaterThanOrEqualTo(before.toEpochMilli());
        assertThat(new String(
                        event.record().headers().lastHeader(Inbox.TRACEPARENT).value(), StandardCharsets.UTF_8))
                .startsWith("00-0af7651916cd43dd");
    }

    @Test
    @DisplayName("SI-28: what follows from a request carries its id, which is the client's, its trace's, or ours")
    void whatFollowsFromARequestCarriesItsId() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String traceparent = "00-" + trace + "-b7ad6b7169203331-01";
        String made = "[0-9a-f]{32}";
        assertThat(requestId("X-Request-Id", "order-42")).isEqualTo("order-42");
        assertThat(requestId("X-Request-Id", "order-42", "traceparent", traceparent))
                .isEqualTo("order-42");
        assertThat(requestId("traceparent", traceparent)).isEqualTo(trace);
        assertThat(requestId()).matches(made);
        for (String bad : List.of("x".repeat(65), "two words", "sk_demo", "a;b", "%0a")) {
            assertThat(requestId("X-Request-Id", bad)).as(bad).matches(made);
        }
        assertThat(requestId("X-Request-Id", "one", "X-Request-Id", "two")).matches(made);

        try (AccessLines lines = new AccessLines();
                SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo")) {
            String connection = JsonMapper.shared()
                    .readTree(socket.next("WELCOME"))
                    .findValue("connectionId")
                    .asString();
            socket.send("{\"type\":\"SUBSCRIBE\",\"id\":\"1\",\"payload\":{\"channels\":[\"vault:request\"]}}");
            socket.next("SUBSCRIBED");
            assertThat(stage.topology.requests()).contains(connection);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lines.all())
                            .anyMatch(line -> line.contains("status=101")
                                    && line.contains(" requestId=")
                                    && line.endsWith(" connection=" + connection)));
        }
    }

    /// Of the answer, and of what it led to.
    private static String requestId(String... headers) {
        HttpResponse<String> answer = post("sk_demo", "demo", EVENT, headers);
        assertThat(answer.statusCode()).isEqualTo(202);
        String told = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(RequestHeader.in(ingest.read().getLast().record().headers())).hasValue(told);
        return told;
    }

    @Test
    @DisplayName("a batch is one job, in both spellings, in its order, each event with an id of its own")
    void aBatchIsOneJob() {
        String two = EVENT + "," + EVENT.replace(":7", ":8");
        HttpResponse<String> list = post("sk_demo", "demo", "[" + two + "]");
        HttpResponse<String> object = post("sk_demo", "demo", "{\"events\":[" + two + "]}");

        List<Waiting> events = ingest.read();
        assertThat(events.stream().map(each -> each.event().getChannels().getFirst()))
                .containsExactly("site:7", "site:8", "site:7", "site:8");
        assertThat(events.stream().map(each -> each.event().getId()).toList())
                .doesNotHaveDuplicates()
                .containsExactlyElementsOf(ids(list, object));
    }

    private static List<String> ids(HttpResponse<String> one, HttpResponse<String> other) {
        List<String> ids = new ArrayList<>();
        json(one).get("ids").forEach(id -> ids.add(id.stringValue()));
        json(other).get("ids").forEach(id -> ids.add(id.stringValue()));
        return ids;
    }

    @Test
    @DisplayName("SP-06: nothing but a secret key of the tenant with the scope publishes")
    void nothingButASecretKeyOfTheTenantPublishes() {
        stage.key("pub-in-page", "demo", "pk_publisher", List.of("publish", "subscribe"), null);
        stage.key("reads-only", "demo", "sk_reader", List.of("subscribe"), null);
        String token = Jwts.of("alice", "demo", Instant.now().plusSeconds(60));
        Awaitility.await().untilAsserted(() -> {
            assertThat(code(post("pk_publisher", "demo", EVENT))).isEqualTo("403 SCOPE_MISSING");
            assertThat(code(post("sk_reader", "demo", EVENT))).isEqualTo("403 SCOPE_MISSING");
        });
        assertThat(code(post("pk_demo", "demo", EVENT))).isEqualTo("403 SCOPE_MISSING");
        assertThat(code(post(token, "demo", EVENT))).isEqualTo("403 SCOPE_MISSING");
        assertThat(code(post("sk_wrong", "demo", EVENT))).isEqualTo("401 AUTH_FAILED");
        assertThat(code(post("", "demo", EVENT))).isEqualTo("401 AUTH_FAILED");
        assertThat(ingest.read()).isEmpty();
    }

    @Test
    @DisplayName("another tenant's events are answered as what is not there")
    void anotherTenantsAreAnsweredAsWhatIsNotThere() {
        HttpResponse<String> others = post("sk_demo", "other", EVENT);
        HttpResponse<String> nobodys = post("sk_demo", "nobody", EVENT);

        assertThat(code(others)).isEqualTo("404 NOT_FOUND");
        assertThat(others.body().replace("other", "nobody")).isEqualTo(nobodys.body());
        assertThat(ingest.read()).isEmpty();
    }

    @Test
    @DisplayName("of a batch with bad events none is taken, and each is named with its fault")
    void ofABatchWithBadEventsNoneIsTaken() {
        HttpResponse<String> answer = post("sk_demo", "demo", """
                [%s,
                 {"type": "content.lost", "channels": ["site:7"]},
                 {"type": "content.published", "channels": ["vault:7"]},
                 {"type": "content.published", "channels": ["site:7"], "sites": 3},
                 {"type": "content.published", "channels": "site:7"},
                 7,
                 {"channels": ["site:7"]},
                 {"type": "content.published", "channels": ["site:7"], "metadata": [1]},
                 {"type": "content.published", "channels": ["site:7"], "id": "twin"},
                 {"type": "content.published", "channels": ["site:7"], "id": "twin"}]
                """.formatted(EVENT));

        assertThat(code(answer)).isEqualTo("400 INVALID_MESSAGE");
        List<String> faults = new ArrayList<>();
        json(answer)
                .get("errors")
                .forEach(fault -> faults.add("%d %s %s"
                        .formatted(
                                fault.get("index").intValue(),
                                fault.get("code").stringValue(),
                                fault.get("reason").stringValue())));
        assertThat(faults)
                .containsExactly(
                        "1 UNKNOWN_EVENT type \"content.lost\" is not in the catalog's events"
                                + " [content.published, content.archived]",
                        "2 BAD_CHANNEL content.published may address channels of type [site], not \"vault:7\"",
                        "3 INVALID_MESSAGE there is no member \"sites\"; an event has id, type, channels, collection,"
                                + " slug, itemId and metadata",
                        "4 INVALID_MESSAGE channels must be a list of texts such as [\"site:7\"]",
                        "5 INVALID_MESSAGE an event is a JSON object such as {\"type\": ..., \"channels\": [...]}",
                        "6 INVALID_MESSAGE type is missing; name one of the catalog's events",
                        "7 INVALID_MESSAGE metadata must be a JSON object",
                        "9 BAD_EVENT id is that of event 8 too; each event of a batch needs its own");
        assertThat(ingest.read()).isEmpty();
    }

    @Test
    @DisplayName("the same request with the same key is one job and one event, also at the same time")
    void theSameRequestWithTheSameKeyIsOneJob() {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 8)
                .mapToObj(i -> HTTP.sendAsync(
                        request(stage.gateway, "sk_demo", "demo", EVENT, "Idempotency-Key", "order 17"),
                        BodyHandlers.ofString()))
                .toList();

        assertThat(answers.stream()
                        .map(CompletableFuture::join)
                        .map(HttpResponse::body)
                        .collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(ingest.read()).hasSize(1);

        assertThat(code(post("sk_demo", "demo", EVENT.replace("7", "8"), "Idempotency-Key", "order 17")))
                .isEqualTo("422 KEY_REUSED");
        assertThat(code(post("sk_demo", "demo", EVENT, "Idempotency-Key", "x".repeat(129))))
                .isEqualTo("400 INVALID_MESSAGE");
        assertThat(post("sk_other", "other", EVENT, "Idempotency-Key", "order 17")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    @DisplayName("at another node the same request gives the same event ids, by which ingest drops the second")
    void atAnotherNodeTheSameRequestGivesTheSameEventIds() {
        try (Gateway another = stage.another()) {
            post("sk_demo", "demo", "[" + EVENT + "," + EVENT + "]", "Idempotency-Key", "two nodes");
            send(another, "sk_demo", "demo", "[" + EVENT + "," + EVENT + "]", "Idempotency-Key", "two nodes");

            List<String> ids =
                    ingest.read().stream().map(each -> each.event().getId()).toList();
            assertThat(ids).hasSize(4);
            assertThat(ids.subList(0, 2)).isEqualTo(ids.subList(2, 4));
        }
    }

    @Test
    @DisplayName("SI-12: a job is queued until all of it is ordered, on every node, and for its tenant only")
    void aJobIsQueuedUntilAllOfItIsOrdered() {
        try (Gateway another = stage.another()) {
            String job = job(post("sk_demo", "demo", "[" + EVENT + "," + EVENT + "]"));
            for (Gateway each : List.of(stage.gateway, another)) {
                Awaitility.await().until(() -> status(each, "sk_demo", job).equals("200 queued"));
            }
            ingest.order(event -> false);
            for (Gateway each : List.of(stage.gateway, another)) {
                Awaitility.await().until(() -> status(each, "sk_demo", job).equals("200 published"));
            }

            String absent = get(stage.gateway, "sk_demo", "nothing").body();
            assertThat(get(stage.gateway, "sk_other", job).body()).isEqualTo(absent);
            char first = job.charAt(20);
            String forged = job.substring(0, 20) + (first == 'A' ? 'B' : 'A') + job.substring(21);
            assertThat(get(stage.gateway, "sk_demo", forged).body()).isEqualTo(absent);
            assertThat(status(stage.gateway, "sk_demo", forged)).isEqualTo("404 NOT_FOUND");
            assertThat(status(stage.gateway, "pk_demo", job)).isEqualTo("403 SCOPE_MISSING");
        }
    }

    @Test
    @DisplayName("SI-09: of a job with events that ingest set aside each is told, and never that all was published")
    void ofAJobWithEventsThatWereSetAsideEachIsTold() throws InterruptedException {
        String batch = "[%s,%s]".formatted(EVENT, EVENT.replace("site:7", "site:refused"));
        String job = job(post("sk_demo", "demo", batch));
        String before = job(post("sk_demo", "demo", EVENT));
        List<Waiting> read = ingest.read();
        List<String> seen = new ArrayList<>();
        Thread watching = Thread.ofVirtual().start(() -> {
            while (!seen.contains("200 failed") && !Thread.interrupted()) {
                seen.add(status(stage.gateway, "sk_demo", job));
                LockSupport.parkNanos(WATCH_EVERY.toNanos());
            }
        });
        ingest.order(read, event -> event.getChannels().contains("site:refused"));

        Awaitility.await().until(() -> status(stage.gateway, "sk_demo", job).equals("200 failed"));
        assertThat(get(stage.gateway, "sk_demo", job).body())
                .contains("\"errors\":[{\"index\":1,\"code\":\"UNKNOWN_EVENT\",\"reason\":\"another catalog\"}]");
        assertThat(status(stage.gateway, "sk_demo", before)).isEqualTo("200 published");
        watching.interrupt();
        watching.join();
        assertThat(seen).doesNotContain("200 published");
    }

    @Test
    @DisplayName("SI-06: over the tenant's events a second a request waits, and other tenants do not")
    void overTheTenantsEventsASecondARequestWaits(Kafka kafka, Registry registry) throws Exception {
        try (Stage slow = limited(kafka, registry, limits -> limits.withEventsPerSecond(3))) {
            String three = "[" + EVENT + "," + EVENT + "," + EVENT + "]";
            awaitKeys(slow);
            // Leaves a debt of 12, so that three more have to wait for 5 s. The first request takes some of that
            // itself.
            String fifteen = IntStream.range(0, 15).mapToObj(i -> EVENT).collect(Collectors.joining(",", "[", "]"));
            assertThat(send(slow.gateway, "sk_demo", "demo", fifteen).statusCode())
                    .isEqualTo(202);

            HttpResponse<String> refused = send(slow.gateway, "sk_demo", "demo", three);
            assertThat(code(refused)).isEqualTo("429 RATE_LIMITED");
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 5);
            assertThat(refused.headers().firstValue("X-RateLimit-Limit")).contains("3");
            assertThat(refused.headers().firstValue("X-RateLimit-Remaining")).isPresent();
            assertThat(send(slow.gateway, "sk_other", "other", EVENT).statusCode())
                    .isEqualTo(202);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> send(slow.gateway, "sk_demo", "demo", three).statusCode() == 202);
        }
    }

    @Test
    @DisplayName("SI-08: while too many wait in the inbox nothing is taken; when they are ordered it goes on")
    void whileTooManyWaitNothingIsTaken(Kafka kafka, Registry registry) throws Exception {
        try (Stage full = limited(kafka, registry, limits -> limits.withWaiting(5))) {
            awaitKeys(full);
            String five = IntStream.range(0, 5).mapToObj(i -> EVENT).collect(Collectors.joining(",", "[", "]"));
            assertThat(send(full.gateway, "sk_demo", "demo", five).statusCode()).isEqualTo(202);

            Awaitility.await()
                    .until(() ->
                            code(send(full.gateway, "sk_other", "other", "{}")).equals("503 QUEUE_FULL"));
            HttpResponse<String> refused = send(full.gateway, "sk_demo", "demo", EVENT);
            assertThat(code(refused)).isEqualTo("503 QUEUE_FULL");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();

            ingest.order(event -> false);
            Awaitility.await()
                    .until(() -> send(full.gateway, "sk_demo", "demo", EVENT).statusCode() == 202);
        }
    }

    @Test
    @DisplayName("a body that is too long is refused, whether it says so or not, and so is a batch of too many")
    void aBodyThatIsTooLongIsRefused(Kafka kafka, Registry registry) throws Exception {
        try (Stage small =
                limited(kafka, registry, limits -> limits.withBatchBytes(2_048).withBatchEvents(2))) {
            awaitKeys(small);
            String longBody = " ".repeat(3_000) + EVENT;
            assertThat(code(send(small.gateway, "sk_demo", "demo", longBody))).isEqualTo("413 TOO_LONG");
            HttpRequest chunked = HttpRequest.newBuilder(uri(small.gateway, "/v1/tenants/demo/events"))
                    .header("apikey", "sk_demo")
                    .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(longBody)))
                    .build();
            assertThat(code(HTTP.send(chunked, BodyHandlers.ofString()))).isEqualTo("413 TOO_LONG");
            assertThat(code(send(small.gateway, "sk_demo", "demo", "[" + EVENT + "," + EVENT + "," + EVENT + "]")))
                    .isEqualTo("413 TOO_LONG");
            assertThat(code(send(small.gateway, "sk_demo", "demo", ""))).isEqualTo("400 INVALID_MESSAGE");
        }
    }

    @Test
    @DisplayName("T30: bodies that one tenant announces and never sends leave room for another's")
    void announcedBodiesLeaveRoomForOtherTenants(Kafka kafka, Registry registry) throws Exception {
        int mib = 1 << 20;
        try (Stage small =
                limited(kafka, registry, limits -> limits.withBatchBytes(mib).withBytesUnderWay(4 * mib))) {
            awaitKeys(small);
            List<RawSocket> silent = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                RawSocket socket = new RawSocket(small.gateway.port());
                socket.send("POST /v1/tenants/demo/events HTTP/1.1\r\nHost: localhost\r\napikey: sk_demo\r\n"
                        + "Content-Length: " + mib + "\r\n\r\n");
                silent.add(socket);
            }
            Awaitility.await()
                    .until(() ->
                            code(send(small.gateway, "sk_demo", "demo", EVENT)).equals("503 OVERLOADED"));
            assertThat(send(small.gateway, "sk_other", "other", "{}").statusCode())
                    .isEqualTo(400);
            silent.forEach(RawSocket::close);
            Awaitility.await()
                    .until(() -> send(small.gateway, "sk_demo", "demo", EVENT).statusCode() == 202);
        }
    }

    @Test
    @DisplayName(
            "without the registry nothing is published and the answer says so; the same request later is taken once")
    void withoutTheRegistryNothingIsPublished(Kafka kafka, Registry registry) throws Exception {
        try (Stage lonely = Stage.set(kafka, registry)) {
            awaitKeys(lonely);
            registry.stop();
            try {
                HttpResponse<String> answer = sendKeyed(lonely, "while the registry is away");
                assertThat(code(answer)).isEqualTo("503 NOT_READY");
                assertThat(answer.body()).contains("schema registry does not answer", "nothing of it is published");
            } finally {
                registry.start();
            }
            Awaitility.await()
                    .until(() -> sendKeyed(lonely, "while the registry is away").statusCode() == 202);
            assertThat(ingest.read()).hasSize(1);
        }
    }

    @Test
    @DisplayName("what Kafka did not take may be published, so the answer asks for the same again, which is taken once")
    void whatKafkaDidNotTakeMayBePublished(Kafka kafka, Registry registry) throws Exception {
        try (Stage refused = Stage.set(kafka, registry)) {
            awaitKeys(refused);
            takeNothing(kafka, AlterConfigOp.OpType.SET);
            try {
                HttpResponse<String> answer = sendKeyed(refused, "while Kafka takes nothing");
                assertThat(code(answer)).isEqualTo("503 NOT_READY");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body()).contains("some of it may be published", "Idempotency-Key");
            } finally {
                takeNothing(kafka, AlterConfigOp.OpType.DELETE);
            }
            Awaitility.await()
                    .until(() -> sendKeyed(refused, "while Kafka takes nothing").statusCode() == 202);
            assertThat(ingest.read()).hasSize(1);
        }
    }

    /// Records of more than one byte are too large for the inbox, or no longer.
    private static void takeNothing(Kafka kafka, AlterConfigOp.OpType change) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.INBOX.name()),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1"), change))))
                    .all()
                    .get();
        }
    }

    private static HttpResponse<String> sendKeyed(Stage at, String idempotencyKey) {
        return send(at.gateway, "sk_demo", "demo", EVENT, "Idempotency-Key", idempotencyKey);
    }

    private static Stage limited(
            Kafka kafka, Registry registry, java.util.function.UnaryOperator<PublishLimits> change) {
        return Stage.set(kafka, registry, config -> config.withPublish(change.apply(config.publish())));
    }

    /// A key that is known does not bring an event that is none into the inbox.
    private static void awaitKeys(Stage other) {
        Awaitility.await()
                .until(() -> send(other.gateway, "sk_other", "other", "{}").statusCode() == 400);
    }

    private static HttpResponse<String> post(String key, String tenant, String body, String... headers) {
        return send(stage.gateway, key, tenant, body, headers);
    }

    private static HttpResponse<String> send(Gateway at, String key, String tenant, String body, String... headers) {
        return HTTP.sendAsync(request(at, key, tenant, body, headers), BodyHandlers.ofString())
                .join();
    }

    private static HttpRequest request(Gateway at, String key, String tenant, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(at, "/v1/tenants/" + tenant + "/events"))
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private static HttpResponse<String> get(Gateway at, String key, String job) {
        return HTTP.sendAsync(
                        HttpRequest.newBuilder(uri(at, "/v1/jobs/" + job))
                                .header("apikey", key)
                                .build(),
                        BodyHandlers.ofString())
                .join();
    }

    private static String status(Gateway at, String key, String job) {
        HttpResponse<String> answer = get(at, key, job);
        return answer.statusCode() == 200 ? "200 " + json(answer).get("status").stringValue() : code(answer);
    }

    private static String job(HttpResponse<String> answer) {
        return json(answer).get("jobId").stringValue();
    }

    private static String code(HttpResponse<String> answer) {
        return answer.statusCode() == 202
                ? "202"
                : answer.statusCode() + " " + json(answer).get("code").stringValue();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static URI uri(Gateway at, String path) {
        return URI.create("http://127.0.0.1:" + at.port() + path);
    }
}
