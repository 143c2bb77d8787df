package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Wait;
import dev.rowcast.embedded.Ports;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import tools.jackson.databind.json.JsonMapper;

/// Debezium's connector on one distributed worker of Kafka Connect.
final class ConnectCapture implements Capture {

    private static final Duration START_WITHIN = Duration.ofSeconds(120);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Parts parts;
    private final String name;
    private final Child child;
    private final String url;

    private ConnectCapture(Parts parts, String name, Child child, String url) {
        this.parts = parts;
        this.name = name;
        this.child = child;
        this.url = url;
    }

    /// Starts a worker with the connector and returns when it reads from its slot.
    ///
    /// @param name of the connector, the slot, the publication and the topics; not used before
    static ConnectCapture start(Parts parts, Path folder, String name, boolean exactlyOnce) throws Exception {
        parts.execute("create publication %s for table small_rows, wide_rows".formatted(name));
        makeTopics(parts, name);
        String url = "http://127.0.0.1:" + Ports.free();
        Path settings = folder.resolve(name + ".properties");
        Files.writeString(settings, text(ConnectSettings.worker(parts.kafka(), name, url, exactlyOnce)));
        Child child = Child.start(
                "connect-" + name,
                folder,
                "org.apache.kafka.connect.cli.ConnectDistributed",
                List.of(settings.toString()),
                Map.of());
        ConnectCapture capture = new ConnectCapture(parts, name, child, url);
        try {
            Wait.until("the worker answers", START_WITHIN, capture::answers);
            capture.post(ConnectSettings.connector(parts.database(), name));
            Wait.until("the connector reads from its slot", START_WITHIN, () -> {
                child.requireAlive();
                return Slots.isRead(parts, name);
            });
        } catch (IllegalStateException | IOException e) {
            child.close();
            throw new IllegalStateException(e.getMessage() + "\n" + child.tail(), e);
        }
        return capture;
    }

    private static void makeTopics(Parts parts, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, parts.kafka()))) {
            admin.createTopics(Arrays.stream(Shape.values())
                            .map(shape -> topic(name, shape))
                            .distinct()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static String text(Properties settings) throws IOException {
        StringWriter text = new StringWriter();
        settings.store(text, null);
        return text.toString();
    }

    private boolean answers() throws InterruptedException {
        child.requireAlive();
        try {
            return get("/connectors").statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private void post(Map<String, String> connector) throws IOException, InterruptedException {
        String body = JsonMapper.builder().build().writeValueAsString(Map.of("name", name, "config", connector));
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/connectors"))
                        .header("Content-Type", "application/json")
                        .timeout(START_WITHIN)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IllegalStateException("the worker refuses the connector: " + answer.body());
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public Child child() {
        return child;
    }

    @Override
    public String rowTopic(Shape shape) {
        return topic(name, shape);
    }

    private static String topic(String name, Shape shape) {
        return name + "." + shape.topic();
    }

    /// The worker does not start a failed task again by itself.
    @Override
    public int restarts() {
        return 0;
    }

    @Override
    public void close() throws IOException, SQLException, InterruptedException {
        child.close();
        Slots.drop(parts, name);
        parts.execute("drop publication " + name);
    }
}
