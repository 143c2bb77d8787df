package dev.rowcast.standalone.init;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes a draft as a catalog file, with what was guessed as comments.
final class CatalogText {

    /// What YAML takes for something other than text.
    private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private CatalogText() {}

    static String of(Draft draft) {
        StringBuilder text = new StringBuilder();
        text.append("# Guessed by ./rowcast init. Read it once: who may hear of what is decided here.\n");
        text.append(
                "# Clients get keys only. To send columns to those who ask for rows, take the # from a deliver line\n");
        text.append(
                "# and look at each column first: personal data is not for everybody who may follow a channel.\n\n");
        text.append("source: ").append(plain(draft.source())).append('\n');
        text.append("tenancy: ")
                .append(draft.tenant()
                        .map(column -> "{column: " + plain(column) + "}")
                        .orElse("{constant: default}"))
                .append("\n\nchannels:\n");
        draft.types().forEach(type -> type(text, type));
        text.append("\ntables:\n");
        draft.rules().forEach(rule -> rule(text, rule));
        return text.toString();
    }

    private static void type(StringBuilder text, Draft.Type type) {
        text.append("  ").append(plain(type.name())).append(": ");
        if (type.members().isEmpty()) {
            text.append("{access: tenant}\n");
            return;
        }
        Draft.Members members = type.members().get();
        text.append("{access: members, members: {table: ")
                .append(members.table())
                .append(", channel: ")
                .append(plain(members.channel()))
                .append(", principal: ")
                .append(plain(members.principal()));
        members.role().ifPresent(role -> text.append(", role: ").append(plain(role)));
        text.append("}}\n");
    }

    private static void rule(StringBuilder text, Draft.Rule rule) {
        text.append("  ").append(rule.table()).append(":\n");
        if (rule.event().isPresent()) {
            text.append("    event: \"{").append(rule.event().get()).append("}\"\n");
        } else {
            text.append("    entity: ").append(plain(rule.entity())).append('\n');
        }
        rule.parent()
                .ifPresent(parent -> text.append("    parent: {table: ")
                        .append(parent.table())
                        .append(", by: ")
                        .append(plain(parent.by()))
                        .append("}\n"));
        text.append("    channels: ").append(quoted(rule.channels())).append('\n');
        if (!rule.candidates().isEmpty()) {
            text.append("    # deliver: [")
                    .append(rule.candidates().stream().map(CatalogText::plain).collect(Collectors.joining(", ")))
                    .append("]\n");
        }
        text.append("    evict: ").append(quoted(rule.evict())).append('\n');
        if (rule.event().isPresent()) {
            text.append("    insert-only: true\n");
        }
        text.append('\n');
    }

    private static String quoted(List<String> templates) {
        return templates.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", ", "[", "]"));
    }

    private static String plain(String name) {
        return WORDS.contains(name.toLowerCase(Locale.ROOT)) ? '"' + name + '"' : name;
    }
}
