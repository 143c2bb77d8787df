package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.gateway.support.TopologyStandIn;
import dev.rowcast.schemas.avro.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Three tenants in one partition, with the same names for their channels, entities and users.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class TenantsApartTest {

    private static final int EVENTS = 10_000;
    /// The versions of a tenant's events begin with its number.
    private static final long OF_A_TENANT = 1_000_000;

    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
    private static final String QUERY =
            "channel=vault:1&channel=vault:2&channel=site:1&entity=source:1&entity=source:2&entity=guest:1";
    private static final List<String> MESSAGES = List.of("""
            {"type":"SUBSCRIBE","payload":{"channels":["vault:1","vault:2","site:1"],"mode":"rows"}}""", """
            {"type":"SUBSCRIBE","payload":{"entityCode":"source","entityIds":["1","2"],"mode":"rows"}}""");

    private final List<String> tenants = IntStream.range(0, 1_000)
            .mapToObj(number -> "tenant-" + number)
            .filter(name -> TopologyStandIn.partition(name) == TopologyStandIn.partition("tenant-0"))
            .limit(3)
            .toList();

    /// What one of them was told, and whose it has to be.
    private record Told(int tenant, String how, List<String> texts) {

        void isOfItsTenantAlone() {
            String all = String.join("\n", texts);
            List<Long> others = VERSION.matcher(all)
                    .results()
                    .map(Told::version)
                    .filter(version -> version / OF_A_TENANT != tenant)
                    .toList();
            assertThat(others).as("%s of %d", how, tenant).isEmpty();
            for (int other = 0; other < 3; other++) {
                if (other != tenant) {
                    assertThat(all).as("%s of %d", how, tenant).doesNotContain("canary-" + other);
                }
            }
        }

        boolean hasAny() {
            return texts.stream().anyMatch(text -> VERSION.matcher(text).find());
        }

        private static long version(MatchResult found) {
            return Long.parseLong(found.group(1));
        }
    }

    private static Frame event(int tenant, SplittableRandom random, long number) {
        String channel = List.of("vault:1", "vault:2", "site:1", "vault:3").get(random.nextInt(4));
        String entity = random.nextInt(4) == 0 ? "guest" : "source";
        Frame frame = frame(channel, entity, "" + random.nextInt(1, 4), tenant * OF_A_TENANT + number);
        return Frame.newBuilder(frame)
                .setRows(frame.getRows().replace("public.", "canary-" + tenant + "."))
                .build();
    }

    private String token(int tenant) {
        return Jwts.of("alice", tenants.get(tenant), Instant.now().plusSeconds(600));
    }

    private EventStream stream(Stage stage, int tenant, String query) {
        return EventStream.open(
                stage.gateway.port(), "/v1/events?" + query, "Authorization: Bearer " + token(tenant) + "\r\n");
    }

    private static Told upTo(EventStream stream, int tenant, String how, long last) {
        List<String> texts = new ArrayList<>();
        for (Event event = stream.next(); ; event = stream.next()) {
            texts.add(event.text());
            if (event.text().contains("\"version\":" + last) || event.type().equals("END")) {
                return new Told(tenant, how, texts);
            }
        }
    }

    @Test
    @DisplayName("T1: of ten thousand random events no byte of one tenant reaches another, live or replayed")
    void noByteOfOneTenantReachesAnother(Kafka kafka, Registry registry) throws Exception {
        long seed = Long.getLong("rowcast.seed", System.nanoTime());
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<EventStream> keys = new ArrayList<>();
        List<EventStream> rows = new ArrayList<>();
        List<SocketClient> sockets = new ArrayList<>();
        List<Told> all = new ArrayList<>();
        // Nobody waits for these readers, however busy the machine is.
        try (Stage stage = Stage.withLimits(
                kafka,
                registry,
                limits ->
                        limits.withFlow(limits.flow().withPendingFrames(100_000).withPendingBytes(64 << 20)))) {
            long start = stage.topology.last(tenants.getFirst());
            for (int tenant = 0; tenant < 3; tenant++) {
                keys.add(stream(stage, tenant, QUERY));
                rows.add(stream(stage, tenant, QUERY + "&mode=rows"));
                SocketClient socket = SocketClient.open(
                        stage.gateway.port(), "/v1/socket", "Authorization", "Bearer " + token(tenant));
                sockets.add(socket);
                keys.getLast().next("SUBSCRIBED");
                rows.getLast().next("SUBSCRIBED");
                MESSAGES.forEach(message -> {
                    socket.send(message);
                    socket.next("SUBSCRIBED");
                });
            }
            for (int number = 1; number < EVENTS; number++) {
                int tenant = random.nextInt(3);
                stage.topology.publish(tenants.get(tenant), event(tenant, random, number));
            }
            for (int tenant = 0; tenant < 3; tenant++) {
                long last = tenant * OF_A_TENANT + EVENTS;
                Frame frame = frame("vault:1", "source", "1", last);
                stage.topology.publish(tenants.get(tenant), frame);
                all.add(upTo(keys.get(tenant), tenant, "keys", last));
                all.add(upTo(rows.get(tenant), tenant, "rows", last));
                List<String> said = new ArrayList<>();
                do {
                    said.add(sockets.get(tenant).next());
                } while (!said.getLast().contains("\"version\":" + last));
                all.add(new Told(tenant, "socket", said));
                String own = stage.topology.cursor(tenants.get(tenant), start);
                try (EventStream replay = stream(stage, tenant, QUERY + "&mode=rows&cursor=" + own)) {
                    all.add(upTo(replay, tenant, "replay", last));
                }
                String[] bearer = {"Authorization", "Bearer " + token(tenant)};
                all.add(new Told(
                        tenant,
                        "long-poll",
                        List.of(Polls.poll(stage.gateway.port(), QUERY + "&mode=rows&cursor=" + own, bearer)
                                .body())));
                assertThat(all).as("seed %d", seed).allMatch(Told::hasAny);
                String theirs = stage.topology.cursor(tenants.get((tenant + 1) % 3), start);
                all.add(new Told(
                        tenant,
                        "another's cursor",
                        List.of(Polls.poll(stage.gateway.port(), QUERY + "&wait=1&cursor=" + theirs, bearer)
                                .body())));
                assertThat(all.removeLast().texts().getFirst())
                        .contains("\"reason\":\"CURSOR\"")
                        .doesNotContain("version");
            }
            assertThat(all).as("seed %d", seed).allSatisfy(Told::isOfItsTenantAlone);
        } finally {
            keys.forEach(EventStream::close);
            rows.forEach(EventStream::close);
            sockets.forEach(SocketClient::close);
        }
    }
}
