package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.Excerpt;
import dev.rowcast.schemas.yaml.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What must hold between the keys of a catalog, said once for the parser and for catalogs that code builds.
final class CatalogRules {
    private static final Set<String> RESERVED_SCHEMAS = Set.of("rowcast", "pg_catalog", "information_schema");

    private final Set<String> declaredTypes;
    private final Set<TableName> declaredTables;
    private final List<Finding> findings = new ArrayList<>();

    private CatalogRules(Set<String> declaredTypes, Set<TableName> declaredTables) {
        this.declaredTypes = declaredTypes;
        this.declaredTables = declaredTables;
    }

    /// Something wrong between keys.
    ///
    /// @param path the keys that lead to it, from the top of the file
    record Finding(List<String> path, CatalogCode code, String message, String fix) {
        @Override
        public String toString() {
            return String.join(".", path) + ": " + message + "; " + fix + " [" + code.label() + "]";
        }
    }

    /// Everything wrong between the keys. The declared names may be more than the rules: the parser has the name of a
    /// table whose rule it refused, and must not call it unknown.
    static List<Finding> check(
            Collection<ChannelType> types,
            Set<String> declaredTypes,
            Collection<TableRule> rules,
            Set<TableName> declaredTables,
            Collection<EventType> events) {
        CatalogRules check = new CatalogRules(declaredTypes, declaredTables);
        types.forEach(check::channelType);
        rules.forEach(check::table);
        events.forEach(check::event);
        check.entityCodes(rules);
        return List.copyOf(check.findings);
    }

    /// Everything wrong with what routes read.
    ///
    /// @param rules those that were not refused
    static List<Finding> checkReads(List<ReadRoute> reads, Collection<TableRule> rules) {
        List<String> codes =
                rules.stream().flatMap(rule -> rule.entity().stream()).toList();
        return reads.stream()
                .filter(read -> !codes.contains(read.entity()))
                .map(read -> new Finding(
                        List.of("reads", read.path(), "entity"),
                        CatalogCode.BAD_VALUE,
                        Excerpt.quoted(read.entity()) + " is the entity of no table",
                        Suggestion.of(read.entity(), codes)))
                .toList();
    }

    private void channelType(ChannelType type) {
        type.members()
                .ifPresent(
                        members -> notReserved(List.of("channels", type.name(), "members", "table"), members.table()));
    }

    private void event(EventType event) {
        for (int i = 0; i < event.channels().size(); i++) {
            String type = event.channels().get(i);
            if (!declaredTypes.contains(type)) {
                add(
                        List.of("events", event.name(), "channels", "[" + i + "]"),
                        CatalogCode.UNKNOWN_CHANNEL,
                        Excerpt.quoted(type) + " is a channel type that channels does not declare",
                        declaredTypes.isEmpty() ? "declare it under channels" : Suggestion.of(type, declaredTypes));
            }
        }
    }

    private void table(TableRule rule) {
        List<String> path = List.of("tables", rule.table().toString());
        notReserved(path, rule.table());
        meaning(rule, path);
        for (int i = 0; i < rule.channels().size(); i++) {
            channel(rule.channels().get(i), under(path, "channels", "[" + i + "]"));
        }
        parent(rule, path);
        reads(rule, under(path, "read"));
    }

    private void meaning(TableRule rule, List<String> path) {
        if (rule.entity().isPresent() == rule.event().isPresent()) {
            boolean both = rule.event().isPresent();
            add(
                    path,
                    both ? CatalogCode.CONFLICT : CatalogCode.MISSING_KEY,
                    both ? "has both entity and event" : "has neither entity nor event",
                    "give it one: entity where rows are things that change, event where each row is a message");
        }
        if (rule.channels().isEmpty() && rule.event().isPresent()) {
            add(
                    under(path, "event"),
                    CatalogCode.CONFLICT,
                    "the table has no channels, so nobody would get its events",
                    "add channels: [\"<type>:{column}\"]");
        }
        if (rule.channels().isEmpty() && !rule.deliver().isEmpty()) {
            add(
                    under(path, "deliver"),
                    CatalogCode.CONFLICT,
                    "the table has no channels, so nobody would get its columns",
                    "add channels: [\"<type>:{column}\"], or remove deliver");
        }
    }

    private void reads(TableRule rule, List<String> path) {
        if (rule.event().isPresent() && !rule.reads().equals(RowReads.AS_DELIVERED)) {
            add(path, CatalogCode.CONFLICT, "the rows are events, which are not read", "remove read");
        }
        if (rule.channels().isEmpty() && !rule.reads().columns().isEmpty()) {
            add(
                    under(path, "columns"),
                    CatalogCode.CONFLICT,
                    "the table has no channels, so nobody may read it",
                    "add channels: [\"<type>:{column}\"], or remove columns");
        }
        if (rule.reads().rowSecurity() && !rule.deliver().isEmpty()) {
            add(
                    under(path, "row-security"),
                    CatalogCode.CONFLICT,
                    "deliver sends columns to everybody in the channel, also those whom a policy refuses the row",
                    "move the columns from deliver to read.columns");
        }
    }

    /// The first part must be `type:`, so that no value of a row can choose the channel's type and with it the
    /// access.
    private void channel(Template template, List<String> path) {
        String head = template.parts().getFirst() instanceof Template.Part.Text(String text) ? text : "";
        int colon = head.indexOf(':');
        String type = colon < 0 ? "" : head.substring(0, colon);
        String quoted = Excerpt.quoted(template.toString());
        if (colon < 0) {
            add(
                    path,
                    CatalogCode.UNKNOWN_CHANNEL,
                    quoted + " does not start with a channel type and a colon",
                    declaredTypes.isEmpty()
                            ? "declare a type under channels, and write \"<type>:{column}\""
                            : "write for instance \"" + declaredTypes.iterator().next() + ":{column}\"");
        } else if (!declaredTypes.contains(type)) {
            add(
                    path,
                    CatalogCode.UNKNOWN_CHANNEL,
                    quoted + " is of channel type " + Excerpt.quoted(type) + ", which channels does not declare",
                    declaredTypes.isEmpty() ? "declare it under channels" : Suggestion.of(type, declaredTypes));
        } else if (template.parts().size() == 1 && colon == head.length() - 1) {
            add(
                    path,
                    CatalogCode.BAD_TEMPLATE,
                    quoted + " names no channel",
                    "add what tells channels apart: \"" + type + ":{column}\"");
        }
    }

    private void parent(TableRule rule, List<String> path) {
        boolean used =
                rule.templates().anyMatch(template -> !template.parentColumns().isEmpty());
        Optional<Parent> parent = rule.parent();
        if (parent.isEmpty()) {
            parentless(rule.channels(), under(path, "channels"));
            parentless(rule.evict(), under(path, "evict"));
            rule.event().ifPresent(event -> parentless(event, under(path, "event")));
            return;
        }
        if (!used) {
            add(
                    under(path, "parent"),
                    CatalogCode.PARENT_MISMATCH,
                    "no template of the table uses {parent.…}",
                    "remove parent, or use a column of " + parent.get().table() + " as {parent.column}");
        }
        if (!declaredTables.contains(parent.get().table())) {
            add(
                    under(path, "parent", "table"),
                    CatalogCode.UNKNOWN_PARENT,
                    parent.get().table() + " is not in tables",
                    Suggestion.nearest(
                                    parent.get().table().toString(),
                                    declaredTables.stream()
                                            .map(TableName::toString)
                                            .toList())
                            .map(near -> "did you mean \"" + near + "\"?")
                            .orElse("add it to tables"));
        }
    }

    private void parentless(List<Template> templates, List<String> path) {
        for (int i = 0; i < templates.size(); i++) {
            parentless(templates.get(i), under(path, "[" + i + "]"));
        }
    }

    private void parentless(Template template, List<String> path) {
        if (!template.parentColumns().isEmpty()) {
            add(
                    path,
                    CatalogCode.PARENT_MISMATCH,
                    Excerpt.quoted(template.toString()) + " reads the parent, and the table has none",
                    "add parent: {table: schema.table, by: column}");
        }
    }

    private void entityCodes(Collection<TableRule> rules) {
        Map<String, TableName> owners = new HashMap<>();
        for (TableRule rule : rules) {
            rule.entity().ifPresent(code -> {
                TableName owner = owners.putIfAbsent(code, rule.table());
                if (owner != null) {
                    add(
                            List.of("tables", rule.table().toString(), "entity"),
                            CatalogCode.DUPLICATE_VALUE,
                            Excerpt.quoted(code) + " is already the entity of " + owner,
                            "give each table its own code");
                }
            });
        }
    }

    private void notReserved(List<String> path, TableName table) {
        if (RESERVED_SCHEMAS.contains(table.schema())) {
            add(
                    path,
                    CatalogCode.BAD_VALUE,
                    table + " is in schema " + table.schema() + ", which is not yours to publish",
                    "name a table of your own");
        }
    }

    private void add(List<String> path, CatalogCode code, String message, String fix) {
        findings.add(new Finding(path, code, message, fix));
    }

    private static List<String> under(List<String> path, String... keys) {
        List<String> longer = new ArrayList<>(path);
        longer.addAll(List.of(keys));
        return List.copyOf(longer);
    }
}
