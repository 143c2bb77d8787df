package dev.rowcast.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Against an HTTP server that answers as a registry does; the real one is in the tests of the embedded parts.
class TopicSerdesTest {

    private static final Change CHANGE = new Change(7L, "app", 1L, null, new Watermark(42L, 2L, null));

    /// 2,147,483,000 as Avro writes it.
    private static final byte[] LONG = {(byte) 0xf0, (byte) 0xf5, (byte) 0xff, (byte) 0xff, 0x0f};

    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = "{\"id\":9}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aRecordReadsBackAsItWasWrittenAndTheRegistryIsAskedOnce() {
        Serde<Change> serde = new TopicSerdes(registry()).value(Topics.CHANGES);

        byte[] first = serde.serializer().serialize("rowcast.changes", CHANGE);
        byte[] second = serde.serializer().serialize("rowcast.changes", CHANGE);

        assertThat(serde.deserializer().deserialize("rowcast.changes", first)).isEqualTo(CHANGE);
        assertThat(second).isEqualTo(first).startsWith(0, 0, 0, 0, 9);
        assertThat(requests).containsExactly("POST /subjects/rowcast.changes-value/versions");
    }

    @Test
    void damagedBytesAreNotWorthAnotherTry() {
        Serde<Change> serde = new TopicSerdes(registry()).value(Topics.CHANGES);
        byte[] bytes = serde.serializer().serialize("rowcast.changes", CHANGE);
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 3);

        assertThatThrownBy(() -> serde.deserializer().deserialize("rowcast.changes", cut))
                .isInstanceOf(SerializationException.class)
                .isNotInstanceOf(RegistryException.class)
                .hasMessageContaining("rowcast.changes")
                .hasMessageContaining("schema 9");
    }

    @Test
    @DisplayName("T28: whatever is damaged in a record, reading it says so or gives a record, and nothing else")
    void whateverIsDamagedIsSaid() {
        Serde<Delivery> serde = new TopicSerdes(registry()).value(Topics.DELIVERIES);
        Frame frame = new Frame(
                List.of("vault:1"),
                List.of(),
                "source:1",
                List.of(new Principal("alice", PrincipalKind.USER)),
                0L,
                1L,
                1L,
                1L,
                1L,
                "{}",
                null);
        byte[] sound = serde.serializer()
                .serialize(
                        "d", new Delivery("node", "demo", 7L, 0, 2L, 3L, new Frames(null, "cursor", List.of(frame))));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = damaged(sound, random);
            try {
                assertThat(serde.deserializer().deserialize("d", damaged)).isNotNull();
                read++;
            } catch (SerializationException e) {
                assertThat(e).as("seed " + seed).isNotInstanceOf(RegistryException.class);
            }
        }
        assertThat(read).as("seed " + seed).isBetween(1, 19_999);
    }

    /// Some bytes behind the header are others, or are missing, or say of something that it is very long.
    private static byte[] damaged(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[WireFormat.HEADER_BYTES + random.nextInt(bytes.length - WireFormat.HEADER_BYTES)] =
                    (byte) random.nextInt(256);
        }
        if (random.nextBoolean()) {
            int at = WireFormat.HEADER_BYTES + random.nextInt(bytes.length - WireFormat.HEADER_BYTES - LONG.length);
            System.arraycopy(LONG, 0, bytes, at, LONG.length);
        }
        return random.nextInt(4) > 0 ? bytes : Arrays.copyOf(bytes, WireFormat.HEADER_BYTES + random.nextInt(20));
    }

    @Test
    void anUnknownSchemaSaysWhichAndIsNotWorthAnotherTry() {
        status = 404;
        answer = "{\"error_code\":40403,\"message\":\"Schema 77 not found\"}";

        assertThatThrownBy(() -> registry().schema(77))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
                .hasMessageContaining("Schema 77 not found");
    }

    @Test
    void anIncompatibleSchemaIsToldApart() {
        status = 409;

        assertThatThrownBy(() -> registry().register("a-value", Change.getClassSchema()))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INCOMPATIBLE));
    }

    @Test
    void aRegistryThatIsAwayIsWorthAnotherTryAndNamesTheSetting() {
        RegistryClient registry = registry();
        server.stop(0);

        assertThatThrownBy(() -> registry.schema(1))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("SCHEMA_REGISTRY_URL");
    }

    private RegistryClient registry() {
        return new RegistryClient("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
