package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds changes against the catalog. Without state: the same change always means the same.
public final class Router {

    private static final Routed SILENT = new Routed.Silent();

    private final Map<String, TableRule> rulesByTable = new HashMap<>();

    public Router(Catalog catalog) {
        catalog.tables().forEach((name, rule) -> rulesByTable.put(name.toString(), rule));
    }

    /// @throws IllegalArgumentException when the change is none that this version of the topology understands
    public Routed route(TenantId tenant, Change change) {
        return switch (change.getBody()) {
            case RowChange row -> row(tenant, row);
            case PublishedEvent event -> Events.published(tenant, event);
            default -> SILENT;
        };
    }

    /// What a change without a row means, such as that a table was emptied; empty when the catalog does not name
    /// the table.
    public Optional<Routed.Cut> withoutRow(RowChange change) {
        return Optional.ofNullable(rulesByTable.get(change.getTable())).map(rule -> cut(rule, change));
    }

    private Routed row(TenantId tenant, RowChange change) {
        TableRule rule = rulesByTable.get(change.getTable());
        if (rule == null) {
            return SILENT;
        }
        return switch (change.getOp()) {
            case UNKNOWN -> throw new IllegalArgumentException("operation of a newer version on " + change.getTable());
            case SNAPSHOT -> SILENT;
            case TRUNCATE, RESET -> cut(rule, change);
            case CREATE, UPDATE, DELETE -> told(tenant, rule, change);
        };
    }

    private static Routed told(TenantId tenant, TableRule rule, RowChange change) {
        boolean inserted = change.getOp() == Operation.CREATE;
        if (!inserted && (rule.insertOnly() || rule.event().isPresent())) {
            return SILENT;
        }
        Set<String> after = channels(rule, change.getAfter());
        // Without an old image nothing says that the row moved.
        Set<String> before = !inserted && change.getBefore() == null && change.getOp() == Operation.UPDATE
                ? after
                : channels(rule, change.getBefore());
        Audience audience = Audience.of(before, after);
        return rule.event()
                .<Routed>map(template -> Events.inserted(tenant, template, change, audience))
                .orElseGet(() -> new Routed.Row(
                        rule, change, audience, rule.entity().map(code -> code + ":" + change.getKey())));
    }

    /// Templates that read the parent have no value as long as no parent rows are kept: no channel, so nobody is told
    /// more than the row itself admits.
    private static Set<String> channels(TableRule rule, @Nullable Map<String, String> row) {
        if (row == null) {
            return Set.of();
        }
        Set<String> channels = new LinkedHashSet<>();
        for (Template template : rule.channels()) {
            template.render(column -> RowText.of(row, column)).ifPresent(channels::add);
        }
        return channels;
    }

    private static Routed.Cut cut(TableRule rule, RowChange change) {
        Set<String> types = new LinkedHashSet<>();
        for (Template template : rule.channels()) {
            if (template.parts().getFirst() instanceof Template.Part.Text(String text) && text.contains(":")) {
                types.add(text.substring(0, text.indexOf(':')));
            }
        }
        return new Routed.Cut(
                types,
                Set.of(),
                rule.entity(),
                false,
                change.getOp() == Operation.TRUNCATE ? ResetReason.TRUNCATED : ResetReason.SCHEMA);
    }
}
