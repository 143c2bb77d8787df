package dev.rowcast.embedded;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Redis 6.2 on 127.0.0.1, which keeps its keys in an append-only file. At 256 MB it lets keys with a time to
/// live go.
public final class Redis implements EmbeddedPart {
    private static final Logger log = LoggerFactory.getLogger(Redis.class);
    static final String FOLDER = "redis";
    private static final String PROGRAM = "redis-server";
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
    private static final int ANSWER_TIMEOUT_MS = 1_000;

    private final EmbeddedConfig config;
    private final Path folder;
    private final Path program;
    private final int port;
    private @Nullable Process server;

    private Redis(EmbeddedConfig config) {
        this.config = config;
        this.folder = Folders.create(config.folder().resolve(FOLDER));
        this.program = Programs.redis(config.binaries(), Platform.current());
        clearOrphan(folder);
        this.port = Ports.take(Part.REDIS, config.port(Part.REDIS));
    }

    static Redis start(EmbeddedConfig config) {
        var redis = new Redis(config);
        redis.start();
        return redis;
    }

    @Override
    public synchronized void start() {
        if (server != null && server.isAlive()) {
            return;
        }
        clearOrphan(folder);
        Ports.take(Part.REDIS, port);
        Path output = folder.resolve("server.log");
        Process process = ServerProcess.start(command(), folder, output);
        server = process;
        try {
            ServerProcess.awaitReady(Part.REDIS, process, output, config.startTimeout(), this::answers);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// Writes everything out and stops.
    @Override
    public synchronized void stop() {
        if (server != null) {
            ServerProcess.stop(server.toHandle(), STOP_PATIENCE);
        }
    }

    /// Stops like a crash.
    public synchronized void kill() {
        if (server != null) {
            server.destroyForcibly();
            ServerProcess.awaitExit(server.toHandle(), STOP_PATIENCE);
        }
    }

    /// Answers nobody until [#resume], as on a machine that swaps. Connections stay open.
    public synchronized void pause() {
        signal("STOP");
    }

    /// Goes on after [#pause].
    public synchronized void resume() {
        signal("CONT");
    }

    public String url() {
        return "redis://" + Ports.HOST + ":" + port;
    }

    @Override
    public int port() {
        return port;
    }

    private void signal(String name) {
        if (server != null) {
            ServerProcess.signal(server.toHandle(), name);
        }
    }

    /// Asks for one thing in a connection of its own; for what sets servers up.
    ///
    /// @param command words between blanks
    /// @return a status with its sign, or a text
    String ask(String command) throws IOException {
        return ask(port, command);
    }

    /// As [#ask(String)], of any.
    static String ask(int port, String command) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(Ports.HOST, port), ANSWER_TIMEOUT_MS);
            socket.setSoTimeout(ANSWER_TIMEOUT_MS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            String head = line(in);
            return head.startsWith("$")
                    ? new String(in.readNBytes(Integer.parseInt(head.substring(1))), StandardCharsets.UTF_8)
                    : head;
        }
    }

    private static String line(DataInputStream in) throws IOException {
        var line = new StringBuilder();
        for (char next = (char) in.readByte(); next != '\n'; next = (char) in.readByte()) {
            line.append(next);
        }
        return line.toString().strip();
    }

    private List<String> command() {
        String appendOnly = config.durable() ? "yes" : "no";
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                Ports.HOST,
                "--dir",
                folder.toString(),
                "--pidfile",
                pidFile(folder).toString(),
                // Keeps the command line as it is, by which the next start recognises the process.
                "--set-proc-title",
                "no",
                "--appendonly",
                appendOnly,
                "--save",
                "",
                "--maxmemory",
                "256mb",
                "--maxmemory-policy",
                "volatile-ttl",
                "--loglevel",
                "warning"));
        config.redisSettings().forEach((name, value) -> command.addAll(List.of("--" + name, value)));
        return command;
    }

    private boolean answers() {
        try {
            return ask("PING").equals("+PONG");
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /// Stops the server that a dead parent left on this folder.
    static void clearOrphan(Path folder) {
        recorded(folder)
                .flatMap(pid -> ServerProcess.find(pid, PROGRAM, folder))
                .ifPresent(orphan -> {
                    log.atInfo()
                            .addKeyValue("pid", orphan.pid())
                            .addKeyValue("folder", folder)
                            .log("Orphaned Redis found");
                    ServerProcess.stop(orphan, STOP_PATIENCE);
                });
        try {
            Files.deleteIfExists(pidFile(folder));
        } catch (IOException e) {
            throw Folders.unusable(folder, e);
        }
    }

    private static Optional<Long> recorded(Path folder) {
        try {
            return Optional.of(Long.parseLong(Files.readString(pidFile(folder)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Path pidFile(Path folder) {
        return folder.resolve("redis.pid");
    }
}
