package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Postgres' own record of the server that runs on a data folder, `postmaster.pid`, and how to stop a server.
final class Postmaster {
    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
    private static final String PROGRAM = "postgres";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int STATUS_LINE = 7;
    private static final Set<String> ACCEPTING = Set.of("ready", "standby");

    private final Path data;

    Postmaster(Path data) {
        this.data = data;
    }

    /// Whether the server with this process id accepts connections; a standby does so for readers only.
    boolean ready(long pid) {
        List<String> lines = pidFile();
        return lines.size() > STATUS_LINE
                && lines.getFirst().strip().equals(Long.toString(pid))
                && ACCEPTING.contains(lines.get(STATUS_LINE).strip());
    }

    /// Ends whatever a dead parent left: first the server, then sessions that outlive it, then the pid file. Only a
    /// process that is Postgres on this very folder is touched.
    void clearOrphans() {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        recorded().ifPresent(server -> {
            log.atInfo()
                    .addKeyValue("pid", server.pid())
                    .addKeyValue("folder", data)
                    .log("Orphaned Postgres found");
            stop(server);
        });
        // While a session of the old server lives, its shared memory does too, and a new server would not be safe.
        for (ProcessHandle straggler : ServerProcess.findAll(PROGRAM, data)) {
            ServerProcess.stop(straggler, PATIENCE);
        }
        try {
            if (Files.deleteIfExists(file)) {
                log.atInfo().addKeyValue("folder", data).log("Stale pid file of Postgres removed");
            }
        } catch (IOException e) {
            throw Folders.unusable(data, e);
        }
    }

    /// Ends all sessions and writes everything out; like a crash when a session does not let go in time.
    void stop(ProcessHandle server) {
        if (server.isAlive()) {
            ServerProcess.signal(server, "INT");
            if (!ServerProcess.awaitExit(server, PATIENCE)) {
                crash(server);
            }
        }
    }

    /// Stops at once; the next start recovers from the log.
    void crash(ProcessHandle server) {
        if (server.isAlive()) {
            ServerProcess.signal(server, "QUIT");
            if (!ServerProcess.awaitExit(server, PATIENCE)) {
                server.destroyForcibly();
                ServerProcess.awaitExit(server, PATIENCE);
            }
        }
    }

    /// To the server and to the process of each session; the server first, so that no session is new meanwhile.
    void signalAll(ProcessHandle server, String name) {
        ServerProcess.signal(server, name);
        server.descendants().forEach(session -> ServerProcess.signal(session, name));
    }

    private Optional<ProcessHandle> recorded() {
        List<String> lines = pidFile();
        try {
            return lines.isEmpty()
                    ? Optional.empty()
                    : ServerProcess.find(Long.parseLong(lines.getFirst().strip()), PROGRAM, data);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private List<String> pidFile() {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
