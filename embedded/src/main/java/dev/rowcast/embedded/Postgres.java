package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Postgres 18 with logical decoding, on 127.0.0.1, with the superuser `postgres`.
public final class Postgres implements EmbeddedPart {
    /// What capture needs; an idle slot may hold at most 1 GB of log.
    private static final Map<String, String> SETTINGS = Map.of(
            "listen_addresses", Ports.HOST,
            "unix_socket_directories", "",
            "wal_level", "logical",
            "max_replication_slots", "20",
            "max_wal_senders", "20",
            "max_slot_wal_keep_size", "1GB",
            "shared_buffers", "64MB",
            "log_min_messages", "warning");

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(60);
    static final String FOLDER = "postgres";
    private static final String DATA = "data";
    private static final String USER = "postgres";

    private final EmbeddedConfig config;
    private final Path folder;
    private final Path home;
    private final Path data;
    private final RunAs runAs;
    private final Postmaster postmaster;
    private final AtomicInteger freshDatabases = new AtomicInteger();
    private final int port;
    private @Nullable Process server;

    private Postgres(EmbeddedConfig config, RunAs runAs) {
        this.config = config;
        this.runAs = runAs;
        this.folder = Folders.create(config.folder().resolve(FOLDER));
        this.data = folder.resolve(DATA);
        this.home = reachableHome();
        this.postmaster = new Postmaster(data);
        postmaster.clearOrphans();
        this.port = Ports.take(Part.POSTGRES, config.port(Part.POSTGRES));
    }

    static Postgres start(EmbeddedConfig config) {
        return start(config, RunAs.choose());
    }

    static Postgres start(EmbeddedConfig config, RunAs runAs) {
        var postgres = new Postgres(config, runAs);
        postgres.start();
        return postgres;
    }

    /// Stops the server that a dead parent left on this folder.
    static void clearOrphans(Path folder) {
        new Postmaster(folder.resolve(DATA)).clearOrphans();
    }

    /// Starts again on the same folder and port.
    @Override
    public synchronized void start() {
        if (server != null && server.isAlive()) {
            return;
        }
        postmaster.clearOrphans();
        Ports.take(Part.POSTGRES, port);
        Folders.createWhole(data, this::initialise);
        runAs.own(data);
        Path log = folder.resolve("server.log");
        Process process = ServerProcess.start(serverCommand(), folder, log);
        server = process;
        try {
            ServerProcess.awaitReady(
                    Part.POSTGRES, process, log, config.startTimeout(), () -> postmaster.ready(process.pid()));
            createDatabase(config.database());
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// Ends all sessions, writes everything out and stops.
    @Override
    public synchronized void stop() {
        if (server != null) {
            postmaster.stop(server.toHandle());
        }
    }

    /// Stops like a crash; the next [#start] recovers from the log.
    public synchronized void kill() {
        if (server != null) {
            postmaster.crash(server.toHandle());
        }
    }

    /// Stands still with all its sessions, as a machine does that hangs, until [#resume].
    public synchronized void pause() {
        if (server != null) {
            postmaster.signalAll(server.toHandle(), "STOP");
        }
    }

    /// Goes on after [#pause].
    public synchronized void resume() {
        if (server != null) {
            postmaster.signalAll(server.toHandle(), "CONT");
        }
    }

    /// Stops and starts; all sessions end.
    public synchronized void restart() {
        stop();
        start();
    }

    public String jdbcUrl() {
        return main().jdbcUrl();
    }

    public String host() {
        return Ports.HOST;
    }

    @Override
    public int port() {
        return port;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return config.password();
    }

    /// The name of the database that the configuration asked for.
    public String database() {
        return config.database();
    }

    /// A session of the superuser in [#database]; the caller closes it.
    public Connection connect() throws SQLException {
        return main().connect();
    }

    /// A new empty database with a name of its own, for tests that must not meet. It stays until the folder goes.
    public Database freshDatabase() {
        String name = "fresh_" + ProcessHandle.current().pid() + "_" + freshDatabases.incrementAndGet();
        createDatabase(name);
        return database(name);
    }

    /// One database of this server.
    public record Database(String host, int port, String name, String user, String password) {
        public String jdbcUrl() {
            return "jdbc:postgresql://%s:%d/%s".formatted(host, port, name);
        }

        /// A session of the superuser; the caller closes it.
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(jdbcUrl(), user, password);
        }
    }

    private Database main() {
        return database(config.database());
    }

    private Database database(String name) {
        return new Database(Ports.HOST, port, name, USER, config.password());
    }

    /// The programs where they are shared, or beside the data when the user that runs them cannot get there.
    private Path reachableHome() {
        for (Path binaries : List.of(config.binaries(), folder.resolve("bin"))) {
            if (runAs.reaches(Folders.create(binaries))) {
                return Programs.postgres(binaries, Platform.current());
            }
        }
        throw new EmbeddedException(
                Code.ROOT_REFUSED,
                "Postgres does not run as root, and user '%s' cannot get to %s; choose a folder that it may enter"
                        .formatted(runAs.owner(), folder));
    }

    private void initialise(Path draft) throws IOException {
        Path password = Files.createTempFile(folder, "password", "");
        try {
            Files.writeString(password, config.password());
            runAs.own(password);
            runAs.own(draft);
            var command = new ArrayList<>(runAs.command(
                    home.resolve("bin/initdb"), "-D", draft.toString(), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"));
            command.addAll(List.of("-A", "scram-sha-256", "--pwfile", password.toString()));
            if (!config.durable()) {
                command.add("--no-sync");
            }
            var outcome = ServerProcess.run(command, COMMAND_TIMEOUT);
            if (!outcome.ok()) {
                throw new EmbeddedException(Code.START_FAILED, "initdb of Postgres failed:\n" + outcome.output());
            }
        } finally {
            Files.delete(password);
        }
    }

    private List<String> serverCommand() {
        var command = new ArrayList<>(
                runAs.command(home.resolve("bin/postgres"), "-D", data.toString(), "-p", Integer.toString(port)));
        SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        // Of two options for one setting the later one counts.
        config.postgresSettings().forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        command.addAll(List.of("-c", "fsync=" + (config.durable() ? "on" : "off")));
        return command;
    }

    private void createDatabase(String name) {
        try (var connection = database("postgres").connect();
                var statement = connection.createStatement();
                var found = statement.executeQuery("select from pg_database where datname = '" + name + "'")) {
            if (!found.next()) {
                statement.execute("create database " + name);
            }
        } catch (SQLException e) {
            throw new EmbeddedException(
                    Code.START_FAILED, "database %s of Postgres cannot be made: %s".formatted(name, e.getMessage()), e);
        }
    }
}
