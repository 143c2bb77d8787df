package dev.rowcast.streams.rows;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Which tables are parents of which, and what has to be kept of their rows for that.
public final class Relations {

    private final Map<String, Set<String>> kept = new HashMap<>();
    private final Map<String, Parent> parents = new HashMap<>();
    private final Map<String, List<TableRule>> children = new HashMap<>();

    public Relations(Catalog catalog) {
        catalog.tables().values().forEach(rule -> rule.parent().ifPresent(parent -> relate(rule, parent)));
    }

    private void relate(TableRule child, Parent parent) {
        templates(child).forEach(template -> keep(parent.table().toString()).addAll(template.parentColumns()));
        // Rows that are messages, or never change, stay where they were told.
        if (child.event().isEmpty() && !child.insertOnly()) {
            String table = child.table().toString();
            parents.put(table, parent);
            children.computeIfAbsent(parent.table().toString(), unseen -> new ArrayList<>())
                    .add(child);
            keep(table).add(parent.by());
            templates(child).forEach(template -> keep(table).addAll(template.columns()));
        }
    }

    /// The rules of the tables whose rows follow the rows of this one.
    public List<TableRule> childrenOf(String table) {
        return children.getOrDefault(table, List.of());
    }

    /// The columns to keep of a table's rows; none when nobody needs them.
    Set<String> kept(String table) {
        return kept.getOrDefault(table, Set.of());
    }

    /// Where the rows of the table have their parents; empty when they follow none.
    Optional<Parent> parentOf(String table) {
        return Optional.ofNullable(parents.get(table));
    }

    private Set<String> keep(String table) {
        return kept.computeIfAbsent(table, unseen -> new LinkedHashSet<>());
    }

    private static Stream<Template> templates(TableRule rule) {
        return Stream.of(rule.channels().stream(), rule.evict().stream(), rule.event().stream())
                .flatMap(each -> each);
    }
}
