package dev.rowcast.streams.eviction;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Canary;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.rows.Children;
import dev.rowcast.streams.rows.ParentRow;
import dev.rowcast.streams.rows.Relations;
import dev.rowcast.streams.rows.RowText;
import dev.rowcast.streams.rows.Rows;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The cache tags of a row before and after its change, and those of its children when they read it. Too much is
/// harmless, too little is a stale cache: where a tag cannot be said, everything of the tenant is stale.
public final class Tags {

    private static final String CANARY = Canary.TABLE.toString();

    private final Map<String, TableRule> rules = new HashMap<>();
    private final Relations relations;
    private final Rows rows;

    /// @param rows of the partition whose changes it reads
    public Tags(Catalog catalog, Relations relations, Rows rows) {
        catalog.tables().forEach((name, rule) -> rules.put(name.toString(), rule));
        this.relations = relations;
        this.rows = rows;
    }

    /// @param at the change's own place in the log
    public Stale of(TenantId tenant, RowChange change, Moment at) {
        TableRule rule = change.getTable().equals(CANARY) ? Canary.RULE : rules.get(change.getTable());
        if (rule == null) {
            return Stale.NOTHING;
        }
        return switch (change.getOp()) {
            case SNAPSHOT -> Stale.NOTHING;
            case TRUNCATE, RESET -> ofTable(change);
            case UNKNOWN -> new Stale.Everything();
            case COPY -> ofCopy(tenant, change, at);
            case CREATE, UPDATE, DELETE -> ofRow(tenant, rule, change, at);
        };
    }

    /// What is stale when a table was emptied, or changed in ways that are not told: nothing says which rows.
    public Stale ofTable(RowChange change) {
        TableRule rule = rules.get(change.getTable());
        boolean tagged = rule != null && !rule.evict().isEmpty()
                || relations.childrenOf(change.getTable()).stream().anyMatch(Tags::readsParent);
        return tagged ? new Stale.Everything() : Stale.NOTHING;
    }

    /// What is stale when a change was lost.
    public Stale ofLost() {
        return rules.values().stream().anyMatch(rule -> !rule.evict().isEmpty())
                ? new Stale.Everything()
                : Stale.NOTHING;
    }

    /// The row's own tags are told in another shard of the tenant; those of its children that are here, here.
    private Stale ofCopy(TenantId tenant, RowChange change, Moment at) {
        Optional<Map<String, String>> known = rows.row(tenant, change.getTable(), change.getKey(), at);
        Set<String> tags = new LinkedHashSet<>();
        return ofChildren(tags, tenant, change, before(change, known), after(change, known), at)
                ? new Stale.Tags(tags)
                : new Stale.Everything();
    }

    private Stale ofRow(TenantId tenant, TableRule rule, RowChange change, Moment at) {
        if (rule.insertOnly() && change.getOp() != Operation.CREATE) {
            return Stale.NOTHING;
        }
        Optional<Map<String, String>> known = rows.row(tenant, change.getTable(), change.getKey(), at);
        Optional<Map<String, String>> before = before(change, known);
        Optional<Map<String, String>> after = after(change, known);
        Set<String> tags = new LinkedHashSet<>();
        boolean complete = (before.isEmpty() || add(tags, tenant, rule, before.get(), at))
                && (after.isEmpty() || add(tags, tenant, rule, after.get(), at));
        complete = complete && ofChildren(tags, tenant, change, before, after, at);
        return complete ? new Stale.Tags(tags) : new Stale.Everything();
    }

    private static Optional<Map<String, String>> before(RowChange change, Optional<Map<String, String>> known) {
        return change.getBefore() == null ? known : Optional.of(change.getBefore());
    }

    private static Optional<Map<String, String>> after(RowChange change, Optional<Map<String, String>> known) {
        return change.getAfter() == null ? Optional.empty() : Optional.of(RowText.after(change, known));
    }

    /// @return false when a tag cannot be said
    private boolean ofChildren(
            Set<String> tags,
            TenantId tenant,
            RowChange change,
            Optional<Map<String, String>> before,
            Optional<Map<String, String>> after,
            Moment at) {
        boolean complete = true;
        for (TableRule child : relations.childrenOf(change.getTable())) {
            complete = complete && (!readsParent(child) || addChildren(tags, tenant, child, change, before, after, at));
        }
        return complete;
    }

    /// @return false when a tag cannot be said, because the parent is not known
    private boolean add(Set<String> tags, TenantId tenant, TableRule rule, Map<String, String> row, Moment at) {
        Optional<String> link = rule.parent().flatMap(parent -> RowText.of(row, parent.by()));
        if (link.isEmpty() || !readsParent(rule)) {
            tags.addAll(RowText.render(rule.evict(), row, Map.of()));
            return true;
        }
        String table = rule.parent().orElseThrow().table().toString();
        return switch (rows.parent(tenant, table, link.get(), at)) {
            case ParentRow.Known(Map<String, String> parent) -> add(tags, rule, row, parent);
            case ParentRow.Gone(Map<String, String> parent, Moment gone) -> add(tags, rule, row, parent);
            case ParentRow.Missing missing -> false;
            case ParentRow.Unknown unknown -> false;
        };
    }

    /// @return false when the parent was kept before the catalog asked for the column
    private static boolean add(Set<String> tags, TableRule rule, Map<String, String> row, Map<String, String> parent) {
        tags.addAll(RowText.render(rule.evict(), row, parent));
        return parentColumns(rule).allMatch(parent::containsKey);
    }

    /// The parent itself changed, so what its children are tagged with is another tag now.
    ///
    /// @return false when the children cannot be told one by one
    private boolean addChildren(
            Set<String> tags,
            TenantId tenant,
            TableRule child,
            RowChange change,
            Optional<Map<String, String>> before,
            Optional<Map<String, String>> after,
            Moment at) {
        Map<String, String> was = before.orElse(Map.of());
        Map<String, String> is = after.orElse(Map.of());
        if (parentColumns(child).allMatch(column -> RowText.of(was, column).equals(RowText.of(is, column)))) {
            return true;
        }
        Children children = rows.children(tenant, change.getTable(), change.getKey(), child, at);
        if (children instanceof Children.All(List<Children.Child> all)) {
            for (Children.Child each : all) {
                tags.addAll(RowText.render(child.evict(), each.columns(), was));
                tags.addAll(RowText.render(child.evict(), each.columns(), is));
            }
            return true;
        }
        if (children instanceof Children.Unknown && before.isEmpty()) {
            return true; // a row that is new has no children but those that came before it, which would be known
        }
        // Tags that follow from the parent alone need no child.
        tags.addAll(RowText.render(child.evict(), Map.of(), was));
        tags.addAll(RowText.render(child.evict(), Map.of(), is));
        return child.evict().stream()
                .noneMatch(template -> !template.columns().isEmpty()
                        && !template.parentColumns().isEmpty());
    }

    private static boolean readsParent(TableRule rule) {
        return parentColumns(rule).findAny().isPresent();
    }

    private static Stream<String> parentColumns(TableRule rule) {
        return rule.evict().stream().flatMap(template -> template.parentColumns().stream());
    }
}
