package dev.rowcast.embedded.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// The registry as a server on 127.0.0.1. A body is at most 1 MiB, and 64 requests are served at a time; more
/// get 503.
public final class RegistryServer implements AutoCloseable {
    static final int BODY_LIMIT_BYTES = 1 << 20;
    private static final int REQUESTS_AT_A_TIME = 64;
    private static final int BACKLOG = 64;
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Logger log = LoggerFactory.getLogger(RegistryServer.class);

    private final Semaphore places = new Semaphore(REQUESTS_AT_A_TIME);
    private final Subjects subjects;
    private final RegistryApi api;
    private final HttpServer server;
    private final ExecutorService threads;

    private RegistryServer(Subjects subjects, HttpServer server) {
        this.subjects = subjects;
        this.api = new RegistryApi(subjects);
        this.server = server;
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("registry-", 1).factory());
    }

    /// Reads the topic and begins to serve.
    ///
    /// @throws RuntimeException when the broker does not answer within 15 s or the port is taken
    public static RegistryServer start(int port, String bootstrapServers) {
        var subjects = new Subjects(bootstrapServers);
        try {
            var http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), BACKLOG);
            var server = new RegistryServer(subjects, http);
            http.setExecutor(server.threads);
            http.createContext("/", server::handle);
            http.start();
            return server;
        } catch (IOException e) {
            subjects.close();
            throw new UncheckedIOException("port " + port + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        subjects.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!places.tryAcquire()) {
                refuse(exchange, RegistryException.busy());
                return;
            }
            try {
                send(exchange, 200, api.answer(Request.of(exchange)));
            } catch (RegistryException e) {
                refuse(exchange, e);
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("Registry request failed");
                refuse(exchange, new RegistryException(500, 50001, "Internal error: " + e));
            } finally {
                places.release();
            }
        }
    }

    private static void refuse(HttpExchange exchange, RegistryException e) throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("error_code", e.code);
        body.put("message", e.getMessage());
        send(exchange, e.status, body);
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] body = answer instanceof RegistryApi.RawJson(String text)
                ? text.getBytes(StandardCharsets.UTF_8)
                : JsonMapper.shared().writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
