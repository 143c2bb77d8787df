package dev.rowcast.streams.route;

import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.rows.ParentRow;
import dev.rowcast.streams.rows.RowText;
import dev.rowcast.streams.rows.Rows;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The columns that templates read of a row's parent, as they were right before a change.
final class Ancestry {

    private static final Optional<Map<String, String>> NONE = Optional.of(Map.of());

    private final Rows rows;

    Ancestry(Rows rows) {
        this.rows = rows;
    }

    /// For a row that there is: its parent has to be there as well.
    ///
    /// @return empty when it is not known any more; no columns where there is no parent
    Optional<Map<String, String>> ofThere(TenantId tenant, TableRule rule, Map<String, String> row, Moment at) {
        return parent(tenant, rule, row, at)
                .map(parent -> switch (parent) {
                    case ParentRow.Known(Map<String, String> columns) -> Optional.of(columns);
                    case ParentRow.Gone gone -> NONE;
                    case ParentRow.Missing missing -> NONE;
                    case ParentRow.Unknown unknown -> Optional.<Map<String, String>>empty();
                })
                .orElse(NONE);
    }

    /// For a row as it was: a parent that is gone said nothing of its children, so whoever could see them through it
    /// is told when they change or go, unless that happened already.
    ///
    /// @param since when the row was last seen to change
    /// @return empty when it is not known any more; no columns where there is no parent
    Optional<Map<String, String>> ofBefore(
            TenantId tenant, TableRule rule, Map<String, String> row, Supplier<Moment> since, Moment at) {
        return parent(tenant, rule, row, at)
                .map(parent -> asItWas(parent, since))
                .orElse(NONE);
    }

    /// What a row that was last seen to change at this moment was told by.
    static Optional<Map<String, String>> asItWas(ParentRow parent, Supplier<Moment> since) {
        return switch (parent) {
            case ParentRow.Known(Map<String, String> columns) -> Optional.of(columns);
            case ParentRow.Gone(Map<String, String> last, Moment gone) ->
                since.get().compareTo(gone) < 0 ? Optional.of(last) : NONE;
            case ParentRow.Missing missing -> NONE;
            case ParentRow.Unknown unknown -> Optional.empty();
        };
    }

    private Optional<ParentRow> parent(TenantId tenant, TableRule rule, Map<String, String> row, Moment at) {
        return rule.parent()
                .flatMap((Parent link) -> RowText.of(row, link.by())
                        .map(id -> rows.parent(tenant, link.table().toString(), id, at)));
    }
}
