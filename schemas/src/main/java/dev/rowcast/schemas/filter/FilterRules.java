package dev.rowcast.schemas.filter;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which columns a filter on a channel may ask for: those that the catalog delivers of a table whose rows reach the
/// channel. A table that does not deliver all of them has no row that passes.
public final class FilterRules {
    /// By channel type, the delivered columns of each table.
    private final Map<String, Collection<Set<String>>> delivered = new HashMap<>();

    public FilterRules(Catalog catalog) {
        catalog.channels().keySet().forEach(type -> delivered.put(type, new HashSet<>()));
        for (TableRule rule : catalog.tables().values()) {
            for (Template template : rule.channels()) {
                type(template)
                        .ifPresent(type -> delivered
                                .computeIfAbsent(type, unseen -> new HashSet<>())
                                .add(Set.copyOf(rule.deliver())));
            }
        }
    }

    /// Why no row of the channel could ever pass, and what to do about it; empty when one could, and for a channel of a
    /// type that the catalog does not have.
    ///
    /// @param channel such as `vault:42`
    public Optional<String> problem(Filter filter, String channel) {
        String type = channel.substring(0, Math.max(0, channel.indexOf(':')));
        Collection<Set<String>> tables = delivered.get(type);
        if (tables == null || tables.stream().anyMatch(columns -> columns.containsAll(filter.columns()))) {
            return Optional.empty();
        }
        List<String> unknown = new TreeSet<>(filter.columns())
                .stream()
                        .filter(column -> tables.stream().noneMatch(columns -> columns.contains(column)))
                        .toList();
        return Optional.of(
                unknown.isEmpty()
                        ? "No table of channel type '%s' delivers all columns of the filter (%s); filter on columns of one table."
                                .formatted(type, String.join(", ", new TreeSet<>(filter.columns())))
                        : "No table of channel type '%s' delivers the column '%s'; filter on columns that `deliver` names."
                                .formatted(type, unknown.getFirst()));
    }

    /// The first problem of a request.
    public Optional<String> problem(Optional<Filter> filter, Collection<String> channels) {
        return filter.flatMap(each -> channels.stream()
                .flatMap(channel -> problem(each, channel).stream())
                .findFirst());
    }

    private static Optional<String> type(Template template) {
        return template.parts().getFirst() instanceof Template.Part.Text(String text) && text.contains(":")
                ? Optional.of(text.substring(0, text.indexOf(':')))
                : Optional.empty();
    }
}
