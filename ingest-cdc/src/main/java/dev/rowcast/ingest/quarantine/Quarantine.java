package dev.rowcast.ingest.quarantine;

import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tables whose rows cannot be told. Their rows are set aside, and whoever watches them is told to refetch:
/// when it begins, while rows are set aside (at most every 10 s), and when it ends. What is in it is part of the
/// progress record, so it survives a restart. Thread-safe; bounded by the catalog's tables.
public final class Quarantine {

    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    private static final Duration TELL_AGAIN = Duration.ofSeconds(10);
    private static final Lsn ANYWHERE = new Lsn(0);

    private final InstantSource clock;
    private final Map<TableName, QuarantinedTable> held = new HashMap<>();
    private final Map<TableName, Ended> ended = new HashMap<>();
    private final Set<TableName> untold = new TreeSet<>();
    private final Map<TableName, Instant> told = new HashMap<>();

    /// A table that came out of it, which whoever watches it does not know yet.
    ///
    /// @param from the place in the log before which they must not be told: what is not told may still be written
    private record Ended(QuarantinedTable table, Lsn from) {}

    public Quarantine(InstantSource clock) {
        this.clock = clock;
    }

    /// Takes over what an earlier process left in it, at the start of a run.
    public synchronized void restore(CaptureProgress progress) {
        for (dev.rowcast.schemas.avro.QuarantinedTable each : progress.getQuarantined()) {
            TableName table = TableName.parse(each.getTable());
            Instant since = Instant.EPOCH.plus(each.getSinceUs(), ChronoUnit.MICROS);
            if (!ended.containsKey(table)) {
                held.putIfAbsent(
                        table,
                        new QuarantinedTable(
                                table,
                                QuarantineCode.valueOf(each.getCode()),
                                each.getReason(),
                                each.getWayBack(),
                                since,
                                each.getRows()));
            }
        }
        // What was to be told may have been lost with the run.
        untold.addAll(held.keySet());
        untold.addAll(told.keySet());
        told.clear();
    }

    /// What of it belongs into the progress record. A table that came out stands there until that is told: a process
    /// that dies in between leaves it in, and it comes out again.
    public synchronized List<dev.rowcast.schemas.avro.QuarantinedTable> toRecords() {
        return held.isEmpty() && ended.isEmpty()
                ? List.of()
                : Stream.concat(held.values().stream(), ended.values().stream().map(Ended::table))
                        .sorted(Comparator.comparing(QuarantinedTable::table))
                        .map(each -> new dev.rowcast.schemas.avro.QuarantinedTable(
                                each.table().toString(),
                                each.code().name(),
                                each.reason(),
                                each.wayBack(),
                                ChronoUnit.MICROS.between(Instant.EPOCH, each.since()),
                                each.rows()))
                        .toList();
    }

    /// What is in it now, by name.
    public synchronized List<QuarantinedTable> tables() {
        return held.values().stream()
                .sorted(Comparator.comparing(QuarantinedTable::table))
                .toList();
    }

    /// Whether the table is in it, and why.
    public synchronized Optional<QuarantineCode> codeOf(TableName table) {
        return Optional.ofNullable(held.get(table)).map(QuarantinedTable::code);
    }

    /// Sets the table aside. One that is in it stays as it is.
    public synchronized void enter(TableName table, QuarantineCode code, String reason, String wayBack) {
        if (held.containsKey(table)) {
            return;
        }
        held.put(table, new QuarantinedTable(table, code, reason, wayBack, clock.instant(), 0));
        ended.remove(table);
        tell(table);
        log.atWarn()
                .addKeyValue("table", table)
                .addKeyValue("code", code)
                .addKeyValue("reason", reason)
                .addKeyValue("wayBack", wayBack)
                .log("Table quarantined");
    }

    /// A row of the table was set aside.
    public synchronized void row(TableName table) {
        held.computeIfPresent(table, (name, known) -> known.withAnotherRow());
        untold.add(table);
    }

    /// Lets the table out, whatever it is in for. When its rows still cannot be told, the next one sets it aside
    /// again.
    public synchronized void release(TableName table) {
        release(table, ANYWHERE);
    }

    private void release(TableName table, Lsn from) {
        QuarantinedTable was = held.remove(table);
        if (was != null) {
            ended.put(table, new Ended(was, from));
            tell(table);
            log.atInfo().addKeyValue("table", table).log("Table released from quarantine");
        }
    }

    /// Rows of the table can be told again, as a row shows.
    public void fits(TableName table) {
        if (codeOf(table).filter(QuarantineCode::isFromRows).isPresent()) {
            release(table);
        }
    }

    /// What the database says of the catalog's tables now: those with a problem are set aside, those that had one
    /// come back. What is said of one that stays is the latest: a table that was taken out of the publication and
    /// then dropped wants another way back.
    ///
    /// @param problems what is wrong and the way back, by table
    /// @param seen where the log stood when that had been seen: what was not told is before it
    public synchronized void database(Map<TableName, Map.Entry<String, String>> problems, Lsn seen) {
        problems.forEach((table, problem) -> {
            enter(table, QuarantineCode.CATALOG_MISMATCH, problem.getKey(), problem.getValue());
            held.computeIfPresent(
                    table,
                    (name, known) ->
                            known.code().isFromRows() ? known : known.because(problem.getKey(), problem.getValue()));
        });
        for (QuarantinedTable each : tables()) {
            if (!each.code().isFromRows() && !problems.containsKey(each.table())) {
                release(each.table(), seen);
            }
        }
    }

    /// Whoever watches the table must refetch, for old rows and new ones do not compare.
    public synchronized void tell(TableName table) {
        untold.add(table);
        told.remove(table);
    }

    /// Those of the tables of which not everything is told: they are in it, or whoever watches them must still hear
    /// that they were, or changed.
    public synchronized Set<TableName> untold(Set<TableName> tables) {
        Set<TableName> some = new TreeSet<>();
        Stream.of(held.keySet(), untold).forEach(some::addAll);
        some.retainAll(tables);
        return some;
    }

    /// Whose watchers must be told now.
    ///
    /// @param reached the place in the log at which they are
    public synchronized Collection<TableName> due(Lsn reached) {
        if (untold.isEmpty()) {
            return List.of();
        }
        Instant now = clock.instant();
        List<TableName> due = new ArrayList<>();
        for (TableName table : untold) {
            Instant last = told.get(table);
            Ended end = ended.get(table);
            boolean late = last == null || !last.plus(TELL_AGAIN).isAfter(now);
            if (late && (end == null || end.from().compareTo(reached) <= 0)) {
                due.add(table);
            }
        }
        due.forEach(table -> {
            untold.remove(table);
            ended.remove(table);
            told.put(table, now);
        });
        return due;
    }
}
