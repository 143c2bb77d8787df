package dev.rowcast.ingest.kill;

import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.position.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One round: parts of its own, writers, a first snapshot that is cut, then faults in random order at random moments,
/// and in the end what readers see against the reference. All that is random comes from the seed; the moments are
/// random waits, so a seed repeats the plan and not the exact interleaving.
final class KillRound implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KillRound.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration CATCH_UP = Duration.ofMinutes(10);
    private static final String SOURCE = "kill";
    private static final String SLOT = "rowcast_" + SOURCE;
    private static final int WRITERS = 3;
    private static final int ROWS_BEFORE = 12_000;
    private static final int MOST_WAIT_MS = 1_500;

    /// The broker ends a transaction that was open so long.
    private static final int PAST_KAFKA_TRANSACTION_MS = 11_000;

    private enum Fault {
        KILL,
        CRASH,
        OUTAGE,
        PAUSE
    }

    private final long seed;
    private final RandomGenerator random;
    private final Plan plan;
    private final EmbeddedConfig config;
    private final EmbeddedParts parts;
    private final Postgres.Database database;
    private final Tally tally = new Tally();
    private final Thread atExit;
    private final List<Instance> instances = new CopyOnWriteArrayList<>();

    /// @param folder for the parts; empty
    /// @param binaries where their programs are unpacked
    KillRound(long seed, Plan plan, Path folder, Path binaries) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.plan = plan;
        this.config = EmbeddedConfig.in(folder)
                .withParts(EnumSet.of(Part.POSTGRES, Part.KAFKA, Part.REGISTRY))
                .withDurable(false)
                .withBinaries(binaries);
        this.parts = EmbeddedParts.start(config, StartListener.SILENT);
        // For a run that is stopped before its end.
        this.atExit = new Thread(this::stop, "kill-round-stop");
        Runtime.getRuntime().addShutdownHook(atExit);
        this.database = parts.postgres().freshDatabase();
    }

    /// @return what it did
    /// @throws AssertionError when a reader of committed records sees anything but the commit history
    Tally run() throws Exception {
        Reference reference = prepare();
        List<Writer> writers = new ArrayList<>();
        try {
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer(database, seed, i, WRITERS));
            }
            cutSnapshots();
            Instance running = start();
            // Not only is its snapshot read by then: it is published.
            await().atMost(CATCH_UP).until(running::streams);
            writers.forEach(Writer::truncateToo);
            try (EventWriter events = new EventWriter(parts, seed)) {
                log.info("seed {}: {} publishes", seed, events);
                running = faults(running);
            }
            for (Writer writer : writers) {
                writer.close();
            }
            check(reference, running);
            return tally;
        } finally {
            for (Writer writer : writers) {
                writer.close();
            }
        }
    }

    private Instance faults(Instance first) throws Exception {
        Instance running = first;
        for (Fault fault : faults()) {
            awaitOftenRead();
            pause(random.nextInt(MOST_WAIT_MS));
            log.info("seed {}: {}", seed, fault);
            running = switch (fault) {
                case KILL -> kill(running);
                case CRASH -> crash(running);
                case OUTAGE -> outage(running);
                case PAUSE -> suspend(running);
            };
        }
        return running;
    }

    private Reference prepare() throws SQLException, IOException {
        // So that a pause need not be long.
        execute("alter system set wal_sender_timeout = '6s'");
        // Large transactions are spilled to disk by the server.
        execute("alter system set logical_decoding_work_mem = '64kB'");
        execute("select pg_reload_conf()");
        Reference reference = Reference.create(database, "reference");
        execute(Files.readString(Path.of("../infra/postgres/setup.sql")));
        execute(Tables.SQL);
        execute("create publication rowcast_%s for table notes, tags, rowcast.api_keys, rowcast.heartbeat"
                .formatted(SOURCE));
        execute("insert into notes select -g, 'demo', 'before' || g from generate_series(1, %d) g"
                .formatted(ROWS_BEFORE));
        return reference;
    }

    private List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        faults.addAll(Collections.nCopies(plan.kills(), Fault.KILL));
        faults.addAll(Collections.nCopies(plan.crashes(), Fault.CRASH));
        faults.addAll(Collections.nCopies(plan.outages(), Fault.OUTAGE));
        faults.addAll(Collections.nCopies(plan.pauses(), Fault.PAUSE));
        Collections.shuffle(faults, random);
        return faults;
    }

    private Instance start() throws IOException {
        int rows = random.nextInt(3) == 0 ? 1 + random.nextInt(50) : CaptureLimits.DEFAULT.transactionRows();
        long bytes = random.nextInt(4) == 0 ? 20_000 : CaptureLimits.DEFAULT.transactionBytes();
        Path output = Path.of("target", "kill", "%d-%d.log".formatted(seed, instances.size() + 1));
        Instance instance = Instance.start(parts, database, SOURCE, new CaptureLimits(rows, bytes), output);
        instances.add(instance);
        return instance;
    }

    private void cutSnapshots() throws Exception {
        for (int i = 0; i < plan.snapshotKills(); i++) {
            Instance cut = start();
            if (random.nextBoolean()) {
                await().atMost(PATIENCE)
                        .until(() -> query("select count(*) from pg_replication_slots where slot_name = '" + SLOT + "'")
                                .equals("1"));
                pause(random.nextInt(MOST_WAIT_MS));
            } else {
                awaitRowsOfASnapshot();
            }
            end(cut);
            tally.killed();
        }
    }

    private void awaitRowsOfASnapshot() throws InterruptedException {
        try (SnapshotProbe probe = new SnapshotProbe(parts, new Expectation(SOURCE).raw(Tables.NOTES))) {
            long end = probe.end();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> probe.end() > end);
        }
    }

    private void end(Instance instance) throws Exception {
        tally.peak(instance.peakKiB());
        instance.kill();
    }

    private Instance kill(Instance running) throws Exception {
        end(running);
        tally.killed();
        return start();
    }

    private Instance crash(Instance running) throws Exception {
        if (random.nextBoolean()) {
            parts.postgres().kill();
        } else {
            killPostmaster();
        }
        tally.crashed();
        Instance next = random.nextInt(3) == 0 ? kill(running) : running;
        parts.postgres().start();
        return next;
    }

    private void killPostmaster() throws IOException {
        Path pidFile = config.folder().resolve("postgres/data/postmaster.pid");
        long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        ProcessHandle.of(pid).ifPresent(server -> {
            server.destroyForcibly();
            server.onExit().join();
        });
    }

    private Instance outage(Instance running) throws Exception {
        // Short ones are more frequent.
        double weight = random.nextDouble() * random.nextDouble() * random.nextDouble();
        long ms = plan.shortest().toMillis()
                + (long) (weight * plan.longest().minus(plan.shortest()).toMillis());
        boolean alsoKill = random.nextInt(4) == 0;
        parts.kafka().stop();
        pause(ms / 2);
        Instance next = alsoKill ? kill(running) : running;
        pause(ms - ms / 2);
        parts.kafka().start();
        tally.brokerAway();
        return next;
    }

    /// Stopped until the server has given it up; sometimes with a standby beside it, and sometimes the server drops all
    /// its sessions, as after a network that was away. With both, another one publishes when it wakes.
    private Instance suspend(Instance running) throws Exception {
        boolean standby = random.nextBoolean();
        boolean dropped = random.nextBoolean();
        running.suspend();
        tally.suspended();
        int reading = activePid();
        Instance next = standby ? start() : running;
        if (dropped) {
            pause(random.nextInt(MOST_WAIT_MS));
            execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rowcast-ingest'");
        }
        await().atMost(CATCH_UP).until(() -> {
            int pid = activePid();
            return standby && dropped ? pid != 0 && pid != reading : pid == 0 || pid != reading;
        });
        pause(random.nextBoolean() ? random.nextInt(MOST_WAIT_MS) : PAST_KAFKA_TRANSACTION_MS);
        running.resume();
        if (standby) {
            pause(random.nextInt(MOST_WAIT_MS));
            end(running);
            tally.killed();
        }
        return next;
    }

    /// Mostly the next fault meets an instance that reads, sometimes one that starts.
    private void awaitOftenRead() {
        if (random.nextInt(5) != 0) {
            await().atMost(PATIENCE).until(() -> activePid() != 0);
        }
    }

    private int activePid() throws SQLException {
        String pid = query("select coalesce(active_pid, 0) from pg_replication_slots where slot_name = '" + SLOT + "'");
        return pid.isEmpty() ? 0 : Integer.parseInt(pid);
    }

    private void check(Reference reference, Instance running) throws Exception {
        long barrier = Lsn.parse(query("select pg_current_wal_lsn()")).value();
        try (TopicReader reader = new TopicReader(parts, SOURCE)) {
            if (!reader.untilPast(barrier, CATCH_UP)) {
                throw new AssertionError("did not catch up with %s in %s; watermarks %s; its last words:%n%s"
                        .formatted(new Lsn(barrier), CATCH_UP, reader.marks(), running.lastWords()));
            }
            end(running);
            List<Committed> committed = reference.read();
            requireTables(committed);
            Map<String, List<Seen>> logs = reader.toTheEnd();
            tally.transactions(committed.size());
            tally.records(logs.values().stream().mapToInt(List::size).sum());
            tally.cutSnapshots(attempts(logs) - 1);
            List<String> findings = new ArrayList<>(HistoryCheck.findings(SOURCE, committed, barrier, logs));
            findings.addAll(HistoryCheck.eventFindings(reader.inbox(), reader.events()));
            tally.events(reader.events().values().stream().mapToInt(List::size).sum());
            if (!findings.isEmpty()) {
                throw new AssertionError(String.join("\n", findings));
            }
        }
    }

    private static int attempts(Map<String, List<Seen>> logs) {
        return (int) logs.getOrDefault("cdc." + SOURCE + "." + Tables.NOTES, List.of()).stream()
                .filter(Seen.Snapshot.class::isInstance)
                .map(seen -> ((Seen.Snapshot) seen).attempt())
                .distinct()
                .count();
    }

    /// The reference, played back, must be what the tables hold; otherwise it is the suite that is wrong.
    private void requireTables(List<Committed> committed) throws SQLException {
        Map<String, Map<String, Map<String, String>>> tables = Expectation.tables(committed);
        for (String table : Tables.ROUTED) {
            String rows = query("select count(*) from " + table);
            int expected = tables.getOrDefault(table, Map.of()).size();
            if (!rows.equals(Integer.toString(expected))) {
                throw new AssertionError("%s has %s rows, the reference says %d".formatted(table, rows, expected));
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private static void pause(long ms) {
        long end = System.nanoTime() + Duration.ofMillis(ms).toNanos();
        await().atMost(PATIENCE.plusMillis(ms))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> System.nanoTime() >= end);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        stop();
    }

    private void stop() {
        instances.forEach(Instance::endAnyhow);
        parts.close();
    }
}
