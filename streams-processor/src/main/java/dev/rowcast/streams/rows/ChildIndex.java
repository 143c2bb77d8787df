package dev.rowcast.streams.rows;

import dev.rowcast.streams.history.History;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which rows may be whose children: every row that is, or was as far back as histories go. On the heap, derived from
/// the rows, because walking the store for a parent's children would cost what the tenant has.
final class ChildIndex {

    private record Link(RowKey parent, String childTable) {}

    private final Relations relations;
    private final Map<Link, Set<String>> children = new HashMap<>();
    private final Map<String, History<KeptRow>> trimmed = new HashMap<>();

    ChildIndex(Relations relations) {
        this.relations = relations;
    }

    /// Takes note that the history of a row is another one now.
    void update(String key, History<KeptRow> before, History<KeptRow> after) {
        RowKey row = RowKey.decode(key);
        Set<Link> now = links(row, after);
        for (Link link : links(row, before)) {
            if (!now.contains(link)) {
                children.computeIfPresent(link, (same, keys) -> {
                    keys.remove(key);
                    return keys.isEmpty() ? null : keys;
                });
            }
        }
        now.forEach(link ->
                children.computeIfAbsent(link, unseen -> new HashSet<>()).add(key));
        if (after.trimmed() && relations.parentOf(row.table()).isPresent()) {
            trimmed.put(key, after);
        } else {
            trimmed.remove(key);
        }
    }

    /// The keys of rows that may be its children.
    Set<String> candidates(RowKey parent, String childTable) {
        return children.getOrDefault(new Link(parent, childTable), Set.of());
    }

    /// The rows whose history lacks its beginning: whose children they were then is not known any more.
    Map<String, History<KeptRow>> trimmed() {
        return trimmed;
    }

    private Set<Link> links(RowKey row, History<KeptRow> history) {
        return relations
                .parentOf(row.table())
                .map(parent -> history.values()
                        .flatMap(each -> RowText.of(each.columns(), parent.by()).stream())
                        .map(id ->
                                new Link(new RowKey(row.tenant(), parent.table().toString(), id), row.table()))
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }
}
