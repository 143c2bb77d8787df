package dev.rowcast.cache.shared;

import dev.rowcast.cache.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// Transactions that begin, reach the log and become visible, each when the random generator says so; a commit may be
/// in the log before readers see it. Ids begin shortly before they go round.
final class SimulatedDatabase {

    private static final long ROUND = 1L << 32;
    private static final long BEFORE_ROUND = 40;
    /// PostgreSQL gives the ids below to nobody (FirstNormalTransactionId), and 0 stands for no known transaction.
    private static final long FIRST_NORMAL = 3;

    /// A transaction that changed what a tag stands for.
    record Commit(String tag, long xid) {}

    private final Random random;
    private final List<Commit> running = new ArrayList<>();
    private final List<Commit> log = new ArrayList<>();
    private final List<Commit> unseen = new ArrayList<>();
    private final List<Long> unfinished = new ArrayList<>();
    private final Set<Long> visible = new HashSet<>();
    private long begun;

    SimulatedDatabase(Random random) {
        this.random = random;
    }

    void begin(String tag) {
        Commit commit = new Commit(tag, id(begun++));
        unfinished.add(commit.xid());
        running.add(commit);
    }

    /// One of those that run comes into the log.
    void commit() {
        if (!running.isEmpty()) {
            Commit commit = running.remove(random.nextInt(running.size()));
            log.add(commit);
            unseen.add(commit);
        }
    }

    /// One of those in the log becomes visible.
    void show() {
        if (!unseen.isEmpty()) {
            Commit commit = unseen.remove(random.nextInt(unseen.size()));
            visible.add(commit.xid());
            unfinished.remove(commit.xid());
        }
    }

    Snapshot snapshot() {
        long xmax = id(begun);
        return new Snapshot(unfinished.isEmpty() ? xmax : unfinished.getFirst(), xmax, new HashSet<>(unfinished));
    }

    /// What a read under the present snapshot finds: the transactions that changed the tag.
    String value(String tag) {
        return log.stream()
                .filter(commit -> commit.tag().equals(tag) && visible.contains(commit.xid()))
                .map(commit -> Long.toString(commit.xid()))
                .collect(Collectors.joining(","));
    }

    List<Commit> log() {
        return log;
    }

    /// The first of the log that is not visible, or its end: a reset goes back at least to there.
    int firstUnseen() {
        for (int i = 0; i < log.size(); i++) {
            if (!visible.contains(log.get(i).xid())) {
                return i;
            }
        }
        return log.size();
    }

    private static long id(long number) {
        return number < BEFORE_ROUND ? ROUND - BEFORE_ROUND + number : FIRST_NORMAL + number - BEFORE_ROUND;
    }
}
