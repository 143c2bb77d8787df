package dev.rowcast.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.rowcast.standalone.cli.Processor.RefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Where the verbs ask.
class ProcessorTest {

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /// An instance that says this to everybody.
    private String instance(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String notHere(String... elsewhere) {
        return "{\"code\":\"NOT_HERE\",\"detail\":\"not here\",\"elsewhere\":[\"%s\"]}"
                .formatted(String.join("\",\"", elsewhere));
    }

    @Test
    @DisplayName("where an instance does not have the partition, those that it names are asked, one after the other")
    void thoseThatAnInstanceNamesAreAskedToo() throws Exception {
        String knows = instance(200, "{\"tenant\":\"demo\"}");
        String doesNot = instance(404, notHere(knows));
        String first = instance(404, notHere("http://127.0.0.1:1", doesNot));

        assertThat(new Processor(first + "/")
                        .ask("audience", Map.of("tenant", "a b/3", "node", ""))
                        .path("tenant")
                        .asString(""))
                .isEqualTo("demo");
        assertThat(asked).hasSize(3).containsOnly("/actuator/audience?tenant=a%20b%2F3");
    }

    @Test
    @DisplayName("instances that name each other are each asked once")
    void instancesThatNameEachOtherAreAskedOnce() throws Exception {
        String one = instance(404, notHere());
        String other = instance(404, notHere(one, one));

        assertThatThrownBy(() -> new Processor(other).ask("audience", Map.of()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
                .hasMessage("not here [NOT_HERE]");
        assertThat(asked).hasSize(2);
    }

    @Test
    void anAddressWithoutItsSchemeIsWrongInput() {
        assertThatThrownBy(() -> new Processor("localhost:8081"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessage(
                        "'localhost:8081' is no URL of a streams processor; write http://host:8081 [INVALID_PROCESSOR]");
    }

    @Test
    void whatIsNoProcessorIsNamed() throws Exception {
        String page = instance(200, "<html>");

        assertThatThrownBy(() -> new Processor(page).ask("audience", Map.of()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(1))
                .hasMessageContaining(page + " is no streams processor")
                .hasMessageContaining("[NO_PROCESSOR]");
    }
}
