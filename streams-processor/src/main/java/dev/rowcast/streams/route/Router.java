package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.rows.Relations;
import dev.rowcast.streams.rows.RowText;
import dev.rowcast.streams.rows.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds changes against the catalog, and against what was known of parents and children right before each. It changes
/// nothing: the same change at the same moment always means the same.
public final class Router {

    private static final Routed SILENT = new Routed.Silent();

    private final Map<String, TableRule> rulesByTable = new HashMap<>();
    private final Relations relations;
    private final Rows rows;
    private final Ancestry ancestry;
    private final Descent descent;
    private final Placement placement;

    /// @param rows of the partition whose changes it routes
    public Router(Catalog catalog, Relations relations, Rows rows) {
        catalog.tables().forEach((name, rule) -> rulesByTable.put(name.toString(), rule));
        this.relations = relations;
        this.rows = rows;
        this.ancestry = new Ancestry(rows);
        this.descent = new Descent(relations, rows);
        this.placement = Placement.of(catalog);
    }

    /// @param at the change's own place in the log
    /// @throws IllegalArgumentException when the change is none that this version of the topology understands
    public Routed route(TenantId tenant, Change change, Moment at) {
        return switch (change.getBody()) {
            case RowChange row -> row(tenant, row, at);
            case PublishedEvent event -> Events.published(placement, tenant, event);
            default -> SILENT;
        };
    }

    /// What a change without a row means, such as that a table was emptied; nothing when the catalog does not name
    /// the table. It concerns the rows that are in channels through the table as well.
    public Optional<Routed.Cut> withoutRow(RowChange change) {
        return Optional.ofNullable(rulesByTable.get(change.getTable())).map(rule -> withoutRow(rule, change));
    }

    private Routed.Cut withoutRow(TableRule rule, RowChange change) {
        List<TableRule> rules = new ArrayList<>(relations.childrenOf(change.getTable()));
        rules.add(rule);
        return cut(rules, change.getOp() == Operation.TRUNCATE ? ResetReason.TRUNCATED : ResetReason.SCHEMA);
    }

    private Routed row(TenantId tenant, RowChange change, Moment at) {
        TableRule rule = rulesByTable.get(change.getTable());
        if (rule == null) {
            return SILENT;
        }
        return switch (change.getOp()) {
            case UNKNOWN -> throw new IllegalArgumentException("operation of a newer version on " + change.getTable());
            case SNAPSHOT -> SILENT;
            case TRUNCATE, RESET -> withoutRow(rule, change);
            // Told in the tenant's first shard; its children are told where they are.
            case COPY -> together(descent.of(tenant, change, at));
            case CREATE, UPDATE, DELETE -> {
                List<Routed> parts = new ArrayList<>();
                own(tenant, rule, change, at).ifPresent(parts::add);
                parts.addAll(descent.of(tenant, change, at));
                yield together(parts);
            }
        };
    }

    /// What the row itself is told; empty where only its first appearance is of interest.
    private Optional<Routed> own(TenantId tenant, TableRule rule, RowChange change, Moment at) {
        boolean inserted = change.getOp() == Operation.CREATE;
        if (!inserted && (rule.insertOnly() || rule.event().isPresent())) {
            return Optional.empty();
        }
        Optional<Map<String, String>> known = rows.row(tenant, change.getTable(), change.getKey(), at);
        Map<String, String> row = RowText.after(change, known);
        Optional<Map<String, String>> parent =
                change.getAfter() == null ? Optional.of(Map.of()) : ancestry.ofThere(tenant, rule, row, at);
        Optional<Set<String>> before = inserted
                ? Optional.of(Set.of())
                // Without an old image and a kept row nothing says that the row moved.
                : before(tenant, rule, change, known.orElse(row), at);
        if (parent.isEmpty() || before.isEmpty()) {
            return Optional.of(cut(List.of(rule), ResetReason.TRUNCATED));
        }
        Set<String> after = change.getAfter() == null ? Set.of() : RowText.render(rule.channels(), row, parent.get());
        Audience audience = Audience.of(before.get(), after);
        return Optional.of(rule.event()
                .map(template ->
                        Events.inserted(placement.tenant(tenant), rule, template, change, parent.get(), audience))
                .orElseGet(() -> new Routed.Row(
                        rule, change, audience, rule.entity().map(code -> code + ":" + change.getKey()))));
    }

    private Optional<Set<String>> before(
            TenantId tenant, TableRule rule, RowChange change, Map<String, String> known, Moment at) {
        @Nullable Map<String, String> image = change.getBefore();
        Map<String, String> row = image == null ? known : image;
        return ancestry.ofBefore(
                        tenant, rule, row, () -> rows.since(tenant, change.getTable(), change.getKey(), at), at)
                .map(parent -> RowText.render(rule.channels(), row, parent));
    }

    private static Routed together(List<Routed> parts) {
        return switch (parts.size()) {
            case 0 -> SILENT;
            case 1 -> parts.getFirst();
            default -> new Routed.Several(parts);
        };
    }

    private static Routed.Cut cut(List<TableRule> rules, ResetReason reason) {
        Set<String> types = new LinkedHashSet<>();
        Set<String> entityCodes = new LinkedHashSet<>();
        for (TableRule rule : rules) {
            rule.channels().forEach(template -> channelType(template).ifPresent(types::add));
            rule.entity().ifPresent(entityCodes::add);
        }
        return new Routed.Cut(types, Set.of(), entityCodes, false, reason);
    }

    /// The type of the channels that a template makes.
    static Optional<String> channelType(Template template) {
        return template.channelType();
    }
}
