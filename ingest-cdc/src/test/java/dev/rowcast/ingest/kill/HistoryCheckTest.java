package dev.rowcast.ingest.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.ingest.kill.Expectation.Due;
import dev.rowcast.schemas.avro.SnapshotPhase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The check finds every kind of lie, at every place. What it accepts is the history below.
class HistoryCheckTest {

    private static final long EPOCH = 42;
    private static final String NOTES = "cdc.kill.public.notes";
    private static final List<Committed> REFERENCE = reference();

    /// Two transactions before the snapshot.
    private static final int BEFORE = 2;

    private static final long BARRIER = REFERENCE.getLast().commitLsn();

    private static List<Committed> reference() {
        ReferenceText text = new ReferenceText();
        transaction(text, 1, insert(1, "demo"), insert(2, "other"));
        transaction(text, 2, insert(3, "third"));
        transaction(text, 3, insert(4, "demo"), insert(5, "demo"), insert(6, "other"));
        transaction(text, 4, update(4, "demo", "other"), update(5, "demo", "demo"));
        transaction(text, 5, "rowcast.heartbeat: UPDATE: id[integer]:1 beat_at[text]:'now'");
        transaction(
                text, 6, "public.notes: DELETE: id[bigint]:1 site_id[text]:'demo' body[text]:'b'", insert(7, "demo"));
        transaction(text, 7, "public.tags: TRUNCATE: (no-flags)");
        transaction(text, 8, insert(8, "demo"));
        return text.transactions();
    }

    private static void transaction(ReferenceText text, long xid, String... rows) {
        long lsn = xid * 1000;
        text.line(lsn, xid, "BEGIN " + xid);
        for (String row : rows) {
            text.line(++lsn, xid, "table " + row);
        }
        text.line(++lsn, xid, "COMMIT " + xid);
    }

    private static String insert(int id, String tenant) {
        return "public.notes: INSERT: id[bigint]:%d site_id[text]:'%s' body[text]:'b'".formatted(id, tenant);
    }

    private static String update(int id, String from, String to) {
        return ("public.notes: UPDATE: old-key: id[bigint]:%d site_id[text]:'%s' body[text]:'b' "
                        + "new-tuple: id[bigint]:%d site_id[text]:'%s' body[text]:'c'")
                .formatted(id, from, id, to);
    }

    /// What readers see when all went well.
    private static Map<String, List<Seen>> right() {
        Expectation expectation = new Expectation("kill");
        Map<String, List<Seen>> logs = new TreeMap<>();
        for (int i = 0; i < Expectation.PARTITIONS; i++) {
            at(logs, Expectation.changes(i)).add(new Seen.Bound(EPOCH, SnapshotPhase.BEGAN));
        }
        expectation.snapshot(REFERENCE.subList(0, BEFORE)).forEach((log, rows) -> {
            long attempt = log.startsWith(Expectation.CHANGES) ? EPOCH : 2002;
            rows.forEach(row -> at(logs, log).add(new Seen.Snapshot(attempt, row)));
        });
        for (int i = 0; i < Expectation.PARTITIONS; i++) {
            at(logs, Expectation.changes(i)).add(new Seen.Bound(EPOCH, SnapshotPhase.ENDED));
        }
        expectation.stream(REFERENCE.subList(BEFORE, REFERENCE.size())).forEach((log, items) -> {
            long epoch = log.startsWith(Expectation.CHANGES) ? EPOCH : 0;
            items.stream().map(Due::item).forEach(item -> at(logs, log).add(new Seen.Streamed(epoch, item)));
        });
        return logs;
    }

    private static List<Seen> at(Map<String, List<Seen>> logs, String log) {
        return logs.computeIfAbsent(log, name -> new ArrayList<>());
    }

    private static List<String> findings(Map<String, List<Seen>> logs) {
        return HistoryCheck.findings("kill", REFERENCE, BARRIER, logs);
    }

    private static Map<String, List<Seen>> with(Consumer<Map<String, List<Seen>>> change) {
        Map<String, List<Seen>> logs = right();
        change.accept(logs);
        return logs;
    }

    /// Makes one change at each place of each log, one at a time; each must be found.
    private static void foundEverywhere(String what, Mutation mutation) {
        int tried = 0;
        for (Map.Entry<String, List<Seen>> log : right().entrySet()) {
            for (int i = 0; i < log.getValue().size(); i++) {
                Map<String, List<Seen>> logs = right();
                if (mutation.apply(at(logs, log.getKey()), i)) {
                    assertThat(findings(logs))
                            .as("%s: %s, %d", what, log.getKey(), i)
                            .isNotEmpty();
                    tried++;
                }
            }
        }
        assertThat(tried).as(what).isPositive();
    }

    private interface Mutation {
        /// @return whether anything is different
        boolean apply(List<Seen> log, int at);
    }

    @Test
    void whatIsRightIsAccepted() {
        assertThat(findings(right())).isEmpty();
    }

    @Test
    @DisplayName("P1: one that is missing is found, wherever")
    void oneThatIsMissingIsFound() {
        foundEverywhere("missing", (log, i) -> log.remove(i) != null);
    }

    @Test
    @DisplayName("P1: one that is there twice is found, wherever")
    void oneThatIsThereTwiceIsFound() {
        foundEverywhere("at once", (log, i) -> {
            log.add(i, log.get(i));
            return true;
        });
        foundEverywhere("at the end", (log, i) -> log.add(log.get(i)));
    }

    @Test
    @DisplayName("P1: two that are swapped are found, wherever")
    void twoThatAreSwappedAreFound() {
        foundEverywhere("swapped", (log, i) -> {
            if (i == 0 || (log.get(i) instanceof Seen.Snapshot && log.get(i - 1) instanceof Seen.Snapshot)) {
                return false; // a snapshot has no order
            }
            log.add(i - 1, log.remove(i));
            return true;
        });
    }

    @Test
    @DisplayName("P1: an end that is missing is found, in every log")
    void anEndThatIsMissingIsFound() {
        foundEverywhere("cut", (log, i) -> {
            log.subList(i, log.size()).clear();
            return true;
        });
    }

    @Test
    @DisplayName("P9: a transaction that is torn, renumbered or not ended is found")
    void aTransactionThatIsNotWholeIsFound() {
        foundEverywhere("index", (log, i) -> changed(log, i, c -> c.placed(c.commitLsn(), c.index() + 1, c.last())));
        foundEverywhere("last", (log, i) -> changed(log, i, c -> c.placed(c.commitLsn(), c.index(), !c.last())));
        foundEverywhere("commit", (log, i) -> changed(log, i, c -> c.placed(c.commitLsn() + 1, c.index(), c.last())));
        foundEverywhere(
                "end without its commit",
                (log, i) -> changed(log, i, c -> c.last() ? c.placed(0, c.index(), true) : c));
    }

    @Test
    @DisplayName("P9: a part that left before its commit is accepted, except the end of it")
    void aPartThatLeftBeforeItsCommitIsAccepted() {
        for (Map.Entry<String, List<Seen>> log : right().entrySet()) {
            for (int i = 0; i < log.getValue().size(); i++) {
                Map<String, List<Seen>> logs = right();
                changed(at(logs, log.getKey()), i, c -> c.last() ? c : c.placed(0, c.index(), false));
                assertThat(findings(logs)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("P1: a first transaction that is in no log is found")
    void aFirstTransactionThatIsNowhereIsFound() {
        assertThat(findings(with(logs -> logs.values()
                        .forEach(log -> log.removeIf(seen ->
                                seen instanceof Seen.Streamed(long epoch, Item.Change change) && change.xid() == 3
                                        || seen instanceof Seen.Streamed(long none, Item.Raw raw) && raw.xid() == 3)))))
                .isNotEmpty();
    }

    @Test
    @DisplayName("P1: a snapshot that was cut is accepted in front, under its own epoch only")
    void aSnapshotThatWasCutIsAcceptedInFrontOnly() {
        Seen cut = new Seen.Snapshot(41, "public.notes 1: b");
        Seen began = new Seen.Bound(41, SnapshotPhase.BEGAN);
        assertThat(findings(with(logs -> at(logs, Expectation.changes(0)).addAll(0, List.of(began, cut)))))
                .isEmpty();
        assertThat(findings(with(logs -> at(logs, Expectation.changes(0)).addFirst(began))))
                .isEmpty();
        assertThat(findings(with(logs -> at(logs, Expectation.changes(0)).addFirst(cut))))
                .isNotEmpty();
        assertThat(findings(with(logs -> at(logs, Expectation.changes(0)).add(1, began))))
                .isNotEmpty();
        assertThat(findings(with(logs -> at(logs, NOTES).addFirst(cut)))).isEmpty();

        assertThat(findings(with(logs -> at(logs, Expectation.changes(0)).add(cut))))
                .isNotEmpty();
        assertThat(findings(with(logs -> at(logs, NOTES).add(cut)))).isNotEmpty();
        assertThat(findings(with(logs -> {
                    at(logs, NOTES).addFirst(cut);
                    at(logs, NOTES).addFirst(cut);
                })))
                .isNotEmpty();
        assertThat(findings(with(logs -> {
                    at(logs, NOTES).addFirst(cut);
                    at(logs, NOTES).addFirst(at(logs, NOTES).get(1));
                })))
                .isNotEmpty();
    }

    @Test
    @DisplayName("P1: a stream that changes its epoch is found")
    void aStreamThatChangesItsEpochIsFound() {
        foundEverywhere("epoch", (log, i) -> {
            if (log.get(i) instanceof Seen.Streamed(long epoch, Item item) && epoch != 0) {
                log.set(i, new Seen.Streamed(epoch + 1, item));
                return true;
            }
            return false;
        });
    }

    @Test
    @DisplayName("P1: events of the inbox that are missing, twice or swapped are found")
    void eventsThatDifferAreFound() {
        Map<Integer, List<String>> inbox = Map.of(1, List.of("a", "b"), 2, List.of("c"));

        assertThat(HistoryCheck.eventFindings(inbox, inbox)).isEmpty();
        assertThat(HistoryCheck.eventFindings(inbox, Map.of(1, List.of("a", "b"))))
                .hasSize(1);
        assertThat(HistoryCheck.eventFindings(inbox, Map.of(1, List.of("b", "a"), 2, List.of("c"))))
                .hasSize(1);
        assertThat(HistoryCheck.eventFindings(inbox, Map.of(1, List.of("a", "b", "b"), 2, List.of("c"))))
                .hasSize(1);
    }

    @Test
    void whatCommittedBehindTheBarrierMayBeMissing() {
        Map<String, List<Seen>> logs = with(all -> all.values()
                .forEach(log -> log.removeIf(seen ->
                        seen instanceof Seen.Streamed(long epoch, Item.Change change) && change.xid() == 8
                                || seen instanceof Seen.Streamed(long none, Item.Raw raw) && raw.xid() == 8)));

        assertThat(HistoryCheck.findings("kill", REFERENCE, BARRIER - 1, logs)).isEmpty();
        assertThat(findings(logs)).isNotEmpty();
    }

    private static boolean changed(List<Seen> log, int at, java.util.function.UnaryOperator<Item.Change> change) {
        if (!(log.get(at) instanceof Seen.Streamed(long epoch, Item.Change before))) {
            return false;
        }
        Item.Change after = change.apply(before);
        log.set(at, new Seen.Streamed(epoch, after));
        return !after.equals(before);
    }
}
