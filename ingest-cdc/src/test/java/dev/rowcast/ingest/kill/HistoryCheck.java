package dev.rowcast.ingest.kill;

import dev.rowcast.ingest.kill.Expectation.Due;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Holds what readers saw against the reference. Nothing may be missing, twice, at another place, in another order,
/// or torn from its transaction. Only a first snapshot may be repeated, under another epoch, when it was cut.
final class HistoryCheck {

    private static final int MOST_FINDINGS = 10;

    private final Expectation expectation;
    private final List<Committed> reference;
    private final long barrier;
    private final Map<String, List<Seen>> logs;
    private final List<String> findings = new ArrayList<>();

    private HistoryCheck(String source, List<Committed> reference, long barrier, Map<String, List<Seen>> logs) {
        this.expectation = new Expectation(source);
        this.reference = reference;
        this.barrier = barrier;
        this.logs = new TreeMap<>(logs);
    }

    /// @param reference every committed transaction, in commit order, from before the first snapshot on
    /// @param barrier what committed up to this position must be there; what committed later may be
    /// @param logs what was read, by log
    /// @return what is wrong, at most ten findings; empty when all is right
    static List<String> findings(String source, List<Committed> reference, long barrier, Map<String, List<Seen>> logs) {
        HistoryCheck check = new HistoryCheck(source, reference, barrier, logs);
        check.check();
        return check.findings.stream().limit(MOST_FINDINGS).toList();
    }

    /// @param inbox ids of the published events, by partition
    /// @param events ids of the events in `rowcast.changes`, by partition
    /// @return what is wrong; empty when each partition has its events, once, in order
    static List<String> eventFindings(Map<Integer, List<String>> inbox, Map<Integer, List<String>> events) {
        return IntStream.range(0, Expectation.PARTITIONS)
                .filter(partition ->
                        !inbox.getOrDefault(partition, List.of()).equals(events.getOrDefault(partition, List.of())))
                .mapToObj(partition -> "partition %d: published are %s, but there are %s"
                        .formatted(partition, inbox.get(partition), events.get(partition)))
                .toList();
    }

    private void check() {
        logs.forEach(this::snapshotsComeFirst);
        Set<Long> epochs = logs.values().stream()
                .flatMap(List::stream)
                .filter(Seen.Streamed.class::isInstance)
                .map(seen -> ((Seen.Streamed) seen).epoch())
                .filter(epoch -> epoch != 0)
                .collect(Collectors.toSet());
        if (epochs.size() != 1) {
            findings.add("the stream must have one epoch, has " + epochs);
            return;
        }
        OptionalInt first = firstStreamed();
        if (first.isEmpty()) {
            findings.add("nothing of the stream is a transaction of the reference");
            return;
        }
        long epoch = epochs.iterator().next();
        bounds(epoch);
        snapshots(reference.subList(0, first.getAsInt()), epoch);
        stream(expectation.stream(reference.subList(first.getAsInt(), reference.size())));
    }

    private void snapshotsComeFirst(String log, List<Seen> seen) {
        Map<Long, Set<String>> attempts = new HashMap<>();
        long attempt = -1;
        boolean streaming = false;
        for (Seen each : seen) {
            switch (each) {
                case Seen.Streamed streamed -> streaming = true;
                case Seen.Bound bound -> {}
                case Seen.Snapshot row -> {
                    if (streaming) {
                        findings.add("%s: a row of a snapshot behind the stream: %s".formatted(log, row));
                        return;
                    }
                    if (row.attempt() != attempt && attempts.containsKey(row.attempt())) {
                        findings.add("%s: a snapshot goes on behind a later one: %s".formatted(log, row));
                        return;
                    }
                    attempt = row.attempt();
                    if (!attempts.computeIfAbsent(attempt, key -> new HashSet<>())
                            .add(row.text())) {
                        findings.add("%s: twice in one snapshot: %s".formatted(log, row));
                        return;
                    }
                }
            }
        }
    }

    private void bounds(long epoch) {
        for (int partition = 0; partition < Expectation.PARTITIONS; partition++) {
            String log = Expectation.changes(partition);
            SnapshotBounds.finding(log, logs.getOrDefault(log, List.of()), epoch)
                    .ifPresent(findings::add);
        }
    }

    /// The place in the reference of the earliest transaction that any log has.
    private OptionalInt firstStreamed() {
        Map<Long, Integer> byXid = new HashMap<>();
        Map<Long, Integer> byCommit = new HashMap<>();
        for (int i = 0; i < reference.size(); i++) {
            byXid.put(reference.get(i).xid(), i);
            byCommit.put(reference.get(i).commitLsn(), i);
        }
        return logs.values().stream()
                .flatMap(List::stream)
                .filter(Seen.Streamed.class::isInstance)
                .map(seen -> switch (((Seen.Streamed) seen).item()) {
                    case Item.Change change -> byXid.get(change.xid());
                    case Item.Mark mark -> byCommit.get(mark.lsn());
                    case Item.Raw raw -> byXid.get(raw.xid());
                })
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .min();
    }

    private void snapshots(List<Committed> before, long epoch) {
        Map<String, List<String>> expected = expectation.snapshot(before);
        for (String log : union(expected.keySet(), logs.keySet())) {
            List<Seen.Snapshot> rows = logs.getOrDefault(log, List.of()).stream()
                    .filter(Seen.Snapshot.class::isInstance)
                    .map(Seen.Snapshot.class::cast)
                    .toList();
            List<String> due = expected.getOrDefault(log, List.of());
            if (due.isEmpty() && !log.startsWith(Expectation.CHANGES)) {
                continue; // what earlier snapshots saw is gone
            }
            long last = log.startsWith(Expectation.CHANGES) || rows.isEmpty()
                    ? epoch
                    : rows.getLast().attempt();
            Set<String> seen = rows.stream()
                    .filter(row -> row.attempt() == last)
                    .map(Seen.Snapshot::text)
                    .collect(Collectors.toCollection(HashSet::new));
            Set<String> missing = new HashSet<>(due);
            missing.removeAll(seen);
            due.forEach(seen::remove);
            if (!missing.isEmpty() || !seen.isEmpty()) {
                findings.add("%s: the snapshot lacks %d rows such as %s, and has %d too many such as %s"
                        .formatted(log, missing.size(), some(missing), seen.size(), some(seen)));
            }
        }
    }

    private void stream(Map<String, List<Due>> expected) {
        for (String log : union(expected.keySet(), logs.keySet())) {
            List<Item> seen = logs.getOrDefault(log, List.of()).stream()
                    .filter(Seen.Streamed.class::isInstance)
                    .map(each -> ((Seen.Streamed) each).item())
                    .toList();
            List<Due> due = expected.getOrDefault(log, List.of());
            int same = IntStream.range(0, Math.min(seen.size(), due.size()))
                    .filter(i -> !seen.get(i).is(due.get(i).item()))
                    .findFirst()
                    .orElse(Math.min(seen.size(), due.size()));
            if (same < seen.size()) {
                findings.add(wrong(log, same, seen, due));
            } else if (same < due.size() && due.get(same).committed() <= barrier) {
                findings.add("%s: ends after %d records, %d are due; the next one is %s"
                        .formatted(log, same, due.size(), due.get(same)));
            }
        }
    }

    private static String wrong(String log, int at, List<Item> seen, List<Due> due) {
        Item found = seen.get(at);
        if (at == due.size()) {
            return "%s: nothing is due at %d, but there is %s".formatted(log, at, found);
        }
        Item missed = due.get(at).item();
        String kind = seen.subList(0, at).contains(found)
                ? "twice, or again"
                : seen.stream().skip(at).anyMatch(item -> item.is(missed)) ? "not in order" : "missing, or changed";
        return "%s: %s at %d of %d; due is %s, there is %s (before it: %s)"
                .formatted(log, kind, at, due.size(), missed, found, at == 0 ? "nothing" : seen.get(at - 1));
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    private static String some(Set<String> texts) {
        return texts.stream().sorted().limit(3).toList().toString();
    }
}
