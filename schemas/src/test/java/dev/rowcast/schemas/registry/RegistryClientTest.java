package dev.rowcast.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.Breakers;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("SI-22: a schema registry that fails costs its callers little, and is tried again by itself")
class RegistryClientTest {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "{\"compatibilityLevel\":\"FULL\"}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
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
    void oneThatFailsIsNotAskedForAWhileAndThenTriedAgain() throws InterruptedException {
        Duration openFor = Duration.ofSeconds(2);
        RegistryClient client = new RegistryClient(url(), breaker(openFor));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        BreakerMetrics.bind(meters, "test", client.breaker());
        status = 500;
        for (int i = 0; i < 3; i++) {
            assertAway(client, "answered 500");
        }
        assertAway(client, "is not asked at present");
        assertThat(requests).hasValue(3);
        assertThat(meters.get("rowcast.breaker").tag("state", "open").gauge().value())
                .isEqualTo(1);
        assertThat(meters.get("rowcast.breaker.refused")
                        .tags("server", "registry", "service", "test")
                        .counter()
                        .count())
                .isEqualTo(1);

        status = 200;
        awaitTrial(client.breaker());
        for (int i = 0; i < 3; i++) {
            assertThat(client.compatibility("some-value")).isEqualTo("FULL");
        }
        assertThat(client.breaker().getState()).isEqualTo(State.CLOSED);
        assertThat(meters.get("rowcast.breaker").tag("state", "closed").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void oneThatRefusesIsThere() {
        RegistryClient client = new RegistryClient(url());
        status = 404;
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> client.latest("some-value"))
                    .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                    .extracting(RegistryException::reason)
                    .isEqualTo(Reason.NOT_FOUND);
        }
        assertThat(client.breaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatIsNoRegistryIsOneThatIsAway() {
        answer = "<html>Welcome</html>";
        assertAway(new RegistryClient(url()), "is no schema registry: <html>");
    }

    @Test
    void anAnswerThatNeverEndsIsNotWaitedFor() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = silent.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    Thread.onSpinWait(); // the client gave up
                }
            });
            RegistryClient client = new RegistryClient(
                    "http://127.0.0.1:" + silent.getLocalPort(), RegistryClient.newBreaker(), Duration.ofMillis(200));
            long began = System.nanoTime();
            assertAway(client, "does not answer");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON.multipliedBy(10));
        }
    }

    /// It is let through when the time is over.
    private static void awaitTrial(CircuitBreaker breaker) {
        long deadline = System.nanoTime() + SOON.multipliedBy(10).toNanos();
        while (!breaker.tryAcquirePermission()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
        breaker.releasePermission();
    }

    private static void assertAway(RegistryClient client, String message) {
        assertThatThrownBy(() -> client.compatibility("some-value"))
                .hasMessageContaining(message)
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                .extracting(RegistryException::reason)
                .isEqualTo(Reason.UNAVAILABLE);
    }

    private static CircuitBreaker breaker(Duration openFor) {
        return Breakers.of(new Breakers.Rule("registry", 6, openFor, SOON, failure -> true));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
