package dev.rowcast.schemas.catalog;

import java.util.Collection;
import java.util.Optional;

/// In which shard of a tenant that is split the rows of a table are.
public sealed interface RowPlace {

    /// In the tenant's first shard, whatever they hold.
    record First() implements RowPlace {}

    /// In the shard of the root channel that this makes of the row; in the first one where it makes none.
    record OfChannel(Template template) implements RowPlace {}

    /// In the shard of the root channel with the id that this column holds; in the first one where it is null.
    record OfColumn(String name) implements RowPlace {}

    /// Told in the first shard, and known in every other: who is a member of what, and what children read of their
    /// parent.
    record Everywhere() implements RowPlace {}

    /// @param root the type of channels by which tenants are split
    /// @param types every channel type
    /// @param rules of every table
    static RowPlace of(TableName table, String root, Collection<ChannelType> types, Collection<TableRule> rules) {
        Optional<RowPlace> own = ofItsOwn(table, root, types, rules);
        if (own.isPresent()) {
            return own.get();
        }
        boolean lets = types.stream()
                .flatMap(type -> type.members().stream())
                .anyMatch(members -> members.table().equals(table));
        boolean isRead = rules.stream()
                .filter(rule -> rule.parent()
                        .filter(parent -> parent.table().equals(table))
                        .isPresent())
                .anyMatch(rule -> ofItsOwn(rule.table(), root, types, rules).isPresent());
        return lets || isRead ? new Everywhere() : new First();
    }

    /// The place that each row has by what it holds; empty for tables whose rows have none.
    static Optional<RowPlace> ofItsOwn(
            TableName table, String root, Collection<ChannelType> types, Collection<TableRule> rules) {
        Optional<TableRule> rule =
                rules.stream().filter(each -> each.table().equals(table)).findFirst();
        return rule.flatMap(TableRule::shard)
                .<RowPlace>map(OfColumn::new)
                .or(() -> rule.flatMap(each -> rootTemplate(each, root)).map(OfChannel::new))
                .or(() -> types.stream()
                        .filter(type -> type.name().equals(root))
                        .flatMap(type -> type.members().stream())
                        .filter(members -> members.table().equals(table))
                        .findFirst()
                        .map(members -> new OfColumn(members.channel())));
    }

    private static Optional<Template> rootTemplate(TableRule rule, String root) {
        return rule.channels().stream()
                .filter(template -> template.channelType().equals(Optional.of(root)))
                .findFirst();
    }
}
