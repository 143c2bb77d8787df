package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.ProcessTree;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The database and the broker that both sides use, and the other end of [PartsProcess].
final class Parts implements AutoCloseable {

    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final PrintWriter commands;
    private final Thread atExit;
    private final DatabaseUrl database;
    private final String kafka;
    private final String registry;

    private Parts(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        // Its input ends with us; a process that is killed leaves nothing behind either.
        this.atExit = new Thread(commands::close, "bench-stop-parts");
        Runtime.getRuntime().addShutdownHook(atExit);
        String[] at =
                await(PartsProcess.READY).substring(PartsProcess.READY.length()).split(" ");
        this.database = new DatabaseUrl("127.0.0.1", Integer.parseInt(at[0]), "app", "postgres", "postgres", "");
        this.kafka = at[1];
        this.registry = at[2];
    }

    static Parts start(Path folder, Path binaries) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Child.FLAGS);
        command.addAll(List.of("-Dlogback.configurationFile=logback-measured.xml", "-cp"));
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.addAll(List.of(PartsProcess.class.getName(), folder.toString(), binaries.toString()));
        Path log = folder.resolve("parts.log");
        // Its output is read when an answer is due, so its log must not go there.
        return new Parts(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
    }

    DatabaseUrl database() {
        return database;
    }

    String kafka() {
        return kafka;
    }

    String registry() {
        return registry;
    }

    /// A session of the superuser.
    Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    double brokerSeconds() throws IOException {
        return ProcessStat.of(process.toHandle()).ownSeconds();
    }

    double postgresSeconds() throws IOException {
        return new ProcessTree(process.toHandle()).descendantsSeconds();
    }

    void stopKafka() throws IOException {
        tell(PartsProcess.STOP_KAFKA);
    }

    void startKafka() throws IOException {
        tell(PartsProcess.START_KAFKA);
    }

    private void tell(String command) throws IOException {
        commands.println(command);
        await(PartsProcess.DONE);
    }

    private String await(String answer) throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(answer)) {
            throw new IllegalStateException("the database and the broker ended; %s says why".formatted(log));
        }
        return line;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Runtime.getRuntime().removeShutdownHook(atExit);
        commands.close();
        if (!process.waitFor(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        answers.close();
    }
}
