package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A sentinel of 127.0.0.1, which alone decides that a primary is dead and which of its replicas takes over; for tests.
public final class RedisSentinel implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
    /// How long a primary is silent before it is held to be dead.
    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final Duration FAILOVER = Duration.ofSeconds(5);

    private final int port;
    private final String name;
    private final Process process;

    private RedisSentinel(int port, String name, Process process) {
        this.port = port;
        this.name = name;
        this.process = process;
    }

    /// Returns when it answers; of the primary's replicas it hears within 10 s.
    ///
    /// @param folder for itself
    /// @param name of the primary
    public static RedisSentinel start(Path folder, String name, Redis primary) {
        int port = Ports.free();
        Path output = folder.resolve("sentinel.log");
        Process process = ServerProcess.start(
                List.of(
                        Programs.redis(folder.resolve("bin"), Platform.current())
                                .toString(),
                        settings(folder, port, name, primary).toString(),
                        "--sentinel"),
                folder,
                output);
        var sentinel = new RedisSentinel(port, name, process);
        try {
            ServerProcess.awaitReady(Part.REDIS, process, output, START_PATIENCE, sentinel::answers);
            return sentinel;
        } catch (RuntimeException e) {
            sentinel.close();
            throw e;
        }
    }

    /// Of whatever is the primary.
    public String url() {
        return "redis-sentinel://%s:%d#%s".formatted(Ports.HOST, port, name);
    }

    @Override
    public void close() {
        ServerProcess.stop(process.toHandle(), STOP_PATIENCE);
    }

    private boolean answers() {
        try {
            return Redis.ask(port, "PING").equals("+PONG");
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private static Path settings(Path folder, int port, String name, Redis primary) {
        try {
            return Files.writeString(folder.resolve("sentinel.conf"), """
                    bind %2$s
                    port %3$d
                    dir "%4$s"
                    sentinel monitor %1$s %2$s %5$d 1
                    sentinel down-after-milliseconds %1$s %6$d
                    sentinel failover-timeout %1$s %7$d
                    """.formatted(
                            name, Ports.HOST, port, folder, primary.port(), SILENCE.toMillis(), FAILOVER.toMillis()));
        } catch (IOException e) {
            throw Folders.unusable(folder, e);
        }
    }
}
