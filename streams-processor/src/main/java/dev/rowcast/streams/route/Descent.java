package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.rows.Children;
import dev.rowcast.streams.rows.Children.Child;
import dev.rowcast.streams.rows.ParentRow;
import dev.rowcast.streams.rows.Relations;
import dev.rowcast.streams.rows.RowText;
import dev.rowcast.streams.rows.Rows;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a row's change means for its children, which are in channels through it: it takes their audience along.
final class Descent {

    private final Relations relations;
    private final Rows rows;

    Descent(Relations relations, Rows rows) {
        this.relations = relations;
        this.rows = rows;
    }

    /// The children that got another audience, or a cut where they cannot be told one by one. A row that is deleted
    /// says nothing for its children: they are deleted, or changed, as well.
    List<Routed> of(TenantId tenant, RowChange change, Moment at) {
        List<TableRule> children = relations.childrenOf(change.getTable());
        if (children.isEmpty() || !isThere(change)) {
            return List.of();
        }
        ParentRow before = before(tenant, change, at);
        Map<String, String> after = RowText.after(change, rows.row(tenant, change.getTable(), change.getKey(), at));
        List<Routed> parts = new ArrayList<>();
        for (TableRule child : children) {
            if (reads(child) && !isSame(child, before, after)) {
                parts.addAll(of(tenant, change, at, child, before, after));
            }
        }
        return parts;
    }

    /// A row that is told in another shard of the tenant has children here.
    private static boolean isThere(RowChange change) {
        return switch (change.getOp()) {
            case CREATE, UPDATE -> true;
            case COPY -> change.getAfter() != null;
            case DELETE, SNAPSHOT, TRUNCATE, RESET, UNKNOWN -> false;
        };
    }

    private static boolean isNew(RowChange change) {
        return change.getOp() == Operation.CREATE || change.getOp() == Operation.COPY && change.getBefore() == null;
    }

    private List<Routed> of(
            TenantId tenant, RowChange change, Moment at, TableRule rule, ParentRow before, Map<String, String> after) {
        return switch (rows.children(tenant, change.getTable(), change.getKey(), rule, at)) {
            case Children.All(List<Child> all) -> {
                List<Routed> moved = new ArrayList<>();
                for (Child child : all) {
                    Optional<Map<String, String>> parent = Ancestry.asItWas(before, child::since);
                    if (parent.isEmpty()) {
                        yield List.of(cut(rule, before, after));
                    }
                    Set<String> left = RowText.render(rule.channels(), child.columns(), parent.get());
                    Set<String> entered = RowText.render(rule.channels(), child.columns(), after);
                    if (!left.equals(entered)) {
                        moved.add(new Routed.Moved(rule, child.key(), change, Audience.of(left, entered)));
                    }
                }
                yield moved;
            }
            case Children.TooMany tooMany -> List.of(cut(rule, before, after));
            // A row that is new has no children but those that came before it, and these would be known.
            case Children.Unknown unknown ->
                before instanceof ParentRow.Missing && isNew(change) ? List.of() : List.of(cut(rule, before, after));
        };
    }

    /// A row that was forgotten is known again by what its change says of it.
    private ParentRow before(TenantId tenant, RowChange change, Moment at) {
        ParentRow known = rows.parent(tenant, change.getTable(), change.getKey(), at);
        return known instanceof ParentRow.Missing && change.getBefore() != null
                ? new ParentRow.Known(change.getBefore())
                : known;
    }

    private static boolean reads(TableRule child) {
        return child.channels().stream()
                .anyMatch(template -> !template.parentColumns().isEmpty());
    }

    private static boolean isSame(TableRule child, ParentRow before, Map<String, String> after) {
        return before instanceof ParentRow.Known(Map<String, String> columns)
                && child.channels().stream()
                        .flatMap(template -> template.parentColumns().stream())
                        .allMatch(column -> RowText.of(columns, column).equals(RowText.of(after, column)));
    }

    /// Where a channel follows from the parent alone it is known which ones are concerned.
    private static Routed.Cut cut(TableRule rule, ParentRow before, Map<String, String> after) {
        Set<String> types = new LinkedHashSet<>();
        List<Template> ofParent = new ArrayList<>();
        for (Template template : rule.channels()) {
            if (template.columns().isEmpty()) {
                ofParent.add(template);
            } else if (!template.parentColumns().isEmpty()) {
                Router.channelType(template).ifPresent(types::add);
            }
        }
        Set<String> channels = new LinkedHashSet<>();
        switch (before) {
            case ParentRow.Known(Map<String, String> columns) ->
                channels.addAll(RowText.render(ofParent, Map.of(), columns));
            case ParentRow.Gone(Map<String, String> columns, Moment gone) ->
                channels.addAll(RowText.render(ofParent, Map.of(), columns));
            case ParentRow.Missing missing -> {}
            case ParentRow.Unknown unknown ->
                ofParent.forEach(template -> Router.channelType(template).ifPresent(types::add));
        }
        channels.addAll(RowText.render(ofParent, Map.of(), after));
        return new Routed.Cut(types, channels, Set.of(rule.entity().orElseThrow()), false, ResetReason.TRUNCATED);
    }
}
