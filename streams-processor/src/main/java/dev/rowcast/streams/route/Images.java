package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.Row;
import dev.rowcast.schemas.filter.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A row before and after its change, as filters judge it. For one thread.
///
/// @param columns that are delivered: a filter that reads any other passes no row of the table
/// @param before empty where there was no row; its values are unknown where the log does not tell them
/// @param after empty where there is no row
public record Images(Set<String> columns, Optional<Row> before, Optional<Row> after) {

    /// Where nothing of the row is known but that it was and is there.
    private static final Map<String, String> NOTHING = Map.of();

    static Images of(TableRule rule, RowChange change) {
        Map<String, String> before = change.getBefore() == null ? NOTHING : change.getBefore();
        return new Images(
                Set.copyOf(rule.deliver()),
                change.getOp() == Operation.CREATE ? Optional.empty() : Optional.of(Row.of(before)),
                change.getAfter() == null ? Optional.empty() : Optional.of(Row.of(after(change, before))));
    }

    /// A row that did not change itself, and whose values the log does not tell.
    static Images ofUntold(TableRule rule) {
        return new Images(Set.copyOf(rule.deliver()), Optional.of(Row.of(NOTHING)), Optional.of(Row.of(NOTHING)));
    }

    /// What the log does not repeat is what it was.
    private static Map<String, String> after(RowChange change, Map<String, String> before) {
        if (change.getUnchanged().isEmpty()) {
            return change.getAfter();
        }
        Map<String, String> after = new HashMap<>(change.getAfter());
        for (String column : change.getUnchanged()) {
            String value = before.get(column);
            if (value != null) {
                after.put(column, value);
            }
        }
        return after;
    }

    /// Whether rows of the table can pass at all.
    public boolean fits(Filter filter) {
        return columns.containsAll(filter.columns());
    }

    /// Whether the old row passed; a row that was not there did not.
    public Verdict before(Filter filter) {
        return judge(filter, before);
    }

    /// Whether the new row passes; a row that is not there does not.
    public Verdict after(Filter filter) {
        return judge(filter, after);
    }

    private Verdict judge(Filter filter, Optional<Row> row) {
        return row.map(filter::judge).orElse(Verdict.FAILS);
    }
}
