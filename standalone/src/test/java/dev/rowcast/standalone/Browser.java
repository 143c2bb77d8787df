package dev.rowcast.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Chromium without a window, driven over its own DevTools protocol: no driver program and no library between.
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path profile;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final WebSocket devTools;

    private Browser(Process process, Path profile) throws Exception {
        this.process = process;
        this.profile = profile;
        Path portFile = profile.resolve("DevToolsActivePort");
        Awaitility.await("Chromium is up")
                .atMost(PATIENCE)
                .until(() ->
                        Files.exists(portFile) && Files.readAllLines(portFile).size() > 1);
        String port = Files.readAllLines(portFile).getFirst();
        JsonNode tab = JsonMapper.shared()
                .readTree(http.send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new"))
                                        .PUT(BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.ofString())
                        .body());
        this.devTools = http.newWebSocketBuilder()
                .buildAsync(URI.create(tab.path("webSocketDebuggerUrl").asString()), new Answers())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// Where Chromium is, by the setting or on the path.
    static Optional<String> program() {
        return Stream.of(
                        Optional.ofNullable(System.getenv("CHROMIUM")).orElse(""),
                        "chromium",
                        "chromium-browser",
                        "google-chrome")
                .filter(name -> !name.isEmpty())
                .flatMap(name -> Stream.concat(
                        Stream.of(Path.of(name)).filter(Path::isAbsolute),
                        Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name))))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    static Browser start() throws Exception {
        Path profile = Files.createTempDirectory("rowcast-browser");
        Process process = new ProcessBuilder(
                        program().orElseThrow(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=1100,800",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("chromium.log").toFile())
                .start();
        return new Browser(process, profile);
    }

    void open(String url) {
        call("Page.navigate", Map.of("url", url));
    }

    /// Waits until the expression is true in the page.
    void await(String what, String expression) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .until(() -> evaluate("Boolean(" + expression + ")").asBoolean());
    }

    /// The value of an expression in the page.
    JsonNode evaluate(String expression) {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .path("result")
                .path("value");
    }

    void screenshot(Path file) throws IOException {
        byte[] png = Base64.getDecoder()
                .decode(call("Page.captureScreenshot", Map.of("format", "png"))
                        .path("data")
                        .asString());
        Files.write(file, png);
    }

    private JsonNode call(String method, Map<String, Object> parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        devTools.sendText(
                        JsonMapper.shared()
                                .writeValueAsString(Map.of("id", id, "method", method, "params", parameters)),
                        true)
                .join();
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() throws Exception {
        devTools.abort();
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        // Its helper processes end a moment later and still write.
        TestFolders.delete(profile);
    }

    private final class Answers implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonNode message = JsonMapper.shared().readTree(text.toString());
                text.setLength(0);
                CompletableFuture<JsonNode> answer =
                        answers.remove(message.path("id").asInt(-1));
                if (answer != null) {
                    answer.complete(message.path("result"));
                }
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
