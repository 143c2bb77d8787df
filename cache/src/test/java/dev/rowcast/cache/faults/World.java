package dev.rowcast.cache.faults;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Freshness;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.embedded.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Writers, readers on two nodes, two evictors of which one is a zombie, and faults as the seed says. Each answer is
/// held against what had been committed when it was asked for.
final class World {

    private static final int ROWS = 40;
    private static final int VERSIONS = 200_000;
    private static final int WRITERS = 4;
    private static final int READERS_OF_NODE = 2;
    private static final int BURST = 1_000;
    /// Redis tells whole milliseconds, of what was told and of now.
    private static final long ROUNDED_NANOS = 2_000_000;
    private static final Duration X = Duration.ofSeconds(1);
    private static final Duration STRICT = Duration.ofMillis(500);
    private static final Duration BEAT = Duration.ofMillis(40);
    /// For so many reads; a quiet machine takes a tenth of it.
    private static final Duration LONGEST = Duration.ofMinutes(20);
    private static final long READS_OF_LONGEST = 1_000_000;

    private final long seed;
    private final boolean withoutFences;
    private final Rows rows;
    private final Servers servers;
    private final List<Node> nodes = new ArrayList<>();
    private final CommitLog log = new CommitLog();
    private final History history = new History(ROWS, VERSIONS);
    private final SharedCacheConfig config;
    private final Map<CacheStatus, LongAdder> reads = new EnumMap<>(CacheStatus.class);
    private final LongAdder stale = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final Queue<String> examples = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean evicting = true;

    /// @param reads by where the answer came from
    /// @param stale answers that lacked a commit older than allowed
    /// @param examples of those
    record Outcome(Map<CacheStatus, Long> reads, long commits, long stale, List<String> examples) {

        long total() {
            return reads.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    World(long seed, boolean withoutFences, Postgres postgres, Servers servers) throws SQLException {
        this.seed = seed;
        this.withoutFences = withoutFences;
        this.rows = new Rows(postgres, ROWS);
        this.servers = servers;
        this.config = SharedCacheConfig.DEFAULTS.withNamespace("world").withFence(Duration.ofSeconds(20));
        for (CacheStatus status : CacheStatus.values()) {
            reads.put(status, new LongAdder());
        }
    }

    /// Until so many answers were held against the truth, and so many commits made.
    Outcome run(long wanted, long wantedCommits) throws Exception {
        List<Thread> threads = new ArrayList<>();
        nodes.add(new Node(servers.url(), config, log));
        nodes.add(new Node(servers.url(), config, log));
        threads.add(thread("log", () -> withConnection(log::read)));
        threads.add(thread("beat", this::beat));
        threads.add(thread("evictor", () -> evict(nodes.getFirst(), 1)));
        threads.add(thread("zombie", () -> evict(nodes.getLast(), 97)));
        threads.add(thread("faults", this::faults));
        for (int writer = 0; writer < WRITERS; writer++) {
            int first = writer;
            threads.add(thread("writer", () -> write(first)));
        }
        for (Node node : nodes) {
            threads.add(thread("follower", () -> follow(node)));
            for (int reader = 0; reader < READERS_OF_NODE; reader++) {
                int number = threads.size();
                threads.add(thread("reader", () -> read(node, new Random(seed + number))));
            }
        }
        long end = System.nanoTime() + LONGEST.toNanos() * Math.ceilDiv(wanted, READS_OF_LONGEST);
        while ((total() < wanted || commits.sum() < wantedCommits) && failures.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        rows.hideCommits(false);
        nodes.forEach(Node::close);
        for (Throwable failure : failures) {
            throw new AssertionError("seed " + seed, failure);
        }
        Map<CacheStatus, Long> counted = new EnumMap<>(CacheStatus.class);
        reads.forEach((status, count) -> counted.put(status, count.sum()));
        return new Outcome(counted, commits.sum(), stale.sum(), List.copyOf(examples));
    }

    private long total() {
        return reads.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private void write(int first) throws SQLException {
        Random random = new Random(seed ^ first);
        try (Connection connection = rows.connect()) {
            while (!over.get()) {
                int row = first + WRITERS * random.nextInt(ROWS / WRITERS);
                int version = Rows.write(connection, row);
                history.committed(row, version, System.nanoTime());
                commits.increment();
                pause(random, 60);
            }
        }
    }

    private void read(Node node, Random random) throws SQLException {
        try (Connection connection = rows.connect()) {
            while (!over.get()) {
                for (int i = 0; i < BURST; i++) {
                    read(node, connection, random.nextInt(ROWS), random.nextBoolean() ? X : STRICT);
                }
                pause(random, 2);
            }
        }
    }

    private void read(Node node, Connection connection, int row, Duration maxStale) throws SQLException {
        CacheKey key = CommitLog.key(row);
        long asked = System.nanoTime();
        Cached answer = node.cache().get(key, Freshness.within(maxStale), () -> Rows.load(connection, row));
        int version = Integer.parseInt(new String(answer.value(), StandardCharsets.US_ASCII));
        int expected = history.versionAt(row, asked - maxStale.toNanos() - ROUNDED_NANOS);
        LongAdder counter = reads.get(answer.status());
        if (counter != null) {
            counter.increment();
        }
        if (version < expected) {
            stale.increment();
            if (examples.size() < 10) {
                examples.add("%s row %d has version %d instead of at least %d"
                        .formatted(answer.status(), row, version, expected));
            }
        }
    }

    private void beat() throws SQLException {
        try (Connection connection = rows.connect();
                Statement statement = connection.createStatement()) {
            // It must not wait for the standby that hides others' commits.
            statement.execute("set synchronous_commit = local");
            while (!over.get()) {
                try {
                    Rows.beat(connection, nodes.getFirst().link().clockMs());
                } catch (RedisUnavailableException e) {
                    // No watermark then.
                    Thread.onSpinWait();
                }
                LockSupport.parkNanos(BEAT.toNanos());
            }
        }
    }

    /// @param everyMs how long it rests between pieces, about
    private void evict(Node node, int everyMs) {
        Random random = new Random(seed + everyMs);
        TestEvictor evictor = new TestEvictor(log, node.shared(), this::applied);
        while (!over.get()) {
            try {
                if (!evicting || !evictor.turn()) {
                    pause(random, 5);
                }
            } catch (RedisUnavailableException e) {
                pause(random, 50);
            }
            pause(random, 2 * everyMs);
        }
    }

    private void applied() {
        if (withoutFences) {
            servers.forgetFences(config.namespace());
        }
    }

    private void follow(Node node) {
        long clock = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
        while (!over.get()) {
            node.follow(log);
            if (System.nanoTime() - clock > TimeUnit.MILLISECONDS.toNanos(500)) {
                clock = System.nanoTime();
                node.readClock();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private void faults() throws Exception {
        Random random = new Random(seed);
        while (!over.get()) {
            pause(random, 2_000);
            fault(withoutFences ? Fault.EARLY : Fault.values()[random.nextInt(Fault.values().length)], random);
        }
    }

    private enum Fault {
        FLUSH,
        PAUSE,
        CUT,
        SWALLOW,
        KILL,
        FAIL_OVER,
        EARLY,
        EVICTOR_STANDS,
        NODE_LAGS
    }

    private void fault(Fault fault, Random random) throws Exception {
        switch (fault) {
            case FLUSH -> servers.flush();
            case PAUSE -> servers.pause(Duration.ofMillis(100 + random.nextInt(600)));
            case CUT -> servers.proxy().cut();
            case SWALLOW -> {
                servers.proxy().swallow(true);
                pause(random, 1_000);
                servers.proxy().swallow(false);
            }
            case KILL -> servers.killAndStart();
            case FAIL_OVER -> {
                servers.detach();
                pause(random, 600);
                servers.failOver();
            }
            case EARLY -> {
                rows.hideCommits(true);
                pause(random, 400);
                rows.hideCommits(false);
            }
            case EVICTOR_STANDS -> {
                evicting = false;
                pause(random, 1_500);
                evicting = true;
            }
            case NODE_LAGS -> {
                nodes.getLast().lag(true);
                pause(random, 1_500);
                nodes.getLast().lag(false);
            }
        }
    }

    /// Up to so long.
    private static void pause(Random random, int mostMs) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(mostMs * 1_000)));
    }

    private interface Work {
        void run() throws Exception;
    }

    private interface Reading {
        void with(Connection connection) throws SQLException;
    }

    private void withConnection(Reading reading) throws SQLException {
        try (Connection connection = rows.connect()) {
            while (!over.get()) {
                reading.with(connection);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
        }
    }

    private Thread thread(String name, Work work) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (Exception | AssertionError e) {
                failures.add(e);
            }
        });
    }
}
