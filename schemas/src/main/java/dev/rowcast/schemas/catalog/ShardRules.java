package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.catalog.CatalogRules.Finding;
import dev.rowcast.schemas.yaml.Excerpt;
import dev.rowcast.schemas.yaml.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What must hold for a tenant to be split: each row says by itself in which shard it is, and what a row needs to be
/// told is there as well.
final class ShardRules {

    private final ShardBy split;
    private final Collection<ChannelType> types;
    private final Map<TableName, TableRule> rules;
    private final List<Finding> findings = new ArrayList<>();

    private ShardRules(ShardBy split, Collection<ChannelType> types, Collection<TableRule> rules) {
        this.split = split;
        this.types = types;
        this.rules = rules.stream().collect(Collectors.toMap(TableRule::table, Function.identity(), (one, two) -> one));
    }

    /// Everything wrong with the split, or with a `shard` without one.
    ///
    /// @param declaredTypes also those whose rules were refused
    static List<Finding> check(
            Optional<ShardBy> shardBy,
            Collection<ChannelType> types,
            Set<String> declaredTypes,
            Collection<TableRule> rules) {
        if (shardBy.isEmpty()) {
            return rules.stream()
                    .filter(rule -> rule.shard().isPresent())
                    .map(rule -> finding(
                            path(rule.table(), "shard"),
                            "no tenant is split",
                            "remove shard, or add shard-by to tenancy"))
                    .toList();
        }
        ShardBy split = shardBy.get();
        if (!declaredTypes.contains(split.channel())) {
            return List.of(new Finding(
                    List.of("tenancy", "shard-by", "channel"),
                    CatalogCode.UNKNOWN_CHANNEL,
                    Excerpt.quoted(split.channel()) + " is a channel type that channels does not declare",
                    declaredTypes.isEmpty()
                            ? "declare it under channels"
                            : Suggestion.of(split.channel(), declaredTypes)));
        }
        ShardRules check = new ShardRules(split, types, rules);
        rules.forEach(check::table);
        types.forEach(check::members);
        return List.copyOf(check.findings);
    }

    private void table(TableRule rule) {
        String root = split.channel();
        List<Integer> ofRoot = new ArrayList<>();
        for (int i = 0; i < rule.channels().size(); i++) {
            if (rule.channels().get(i).channelType().equals(Optional.of(root))) {
                ofRoot.add(i);
            }
        }
        if (ofRoot.size() > 1) {
            add(
                    path(rule.table(), "channels", "[" + ofRoot.get(1) + "]"),
                    rule.table() + " has several channels of type " + root
                            + ", by which tenants are split, and a row is in one shard",
                    "keep one of them");
            return;
        }
        if (!ofRoot.isEmpty()) {
            rootChannel(rule, ofRoot.getFirst());
        }
        parent(rule);
    }

    private void rootChannel(TableRule rule, int index) {
        Template template = rule.channels().get(index);
        boolean throughParent = !template.parentColumns().isEmpty();
        if (throughParent && rule.shard().isEmpty()) {
            add(
                    path(rule.table(), "channels", "[" + index + "]"),
                    Excerpt.quoted(template.toString()) + " needs the parent to know in which shard a row of "
                            + rule.table() + " is",
                    "keep the id of the " + split.channel() + " in a column of " + rule.table()
                            + " as well, and add shard: <that column>");
        } else if (!throughParent && rule.shard().isPresent()) {
            add(
                    path(rule.table(), "shard"),
                    Excerpt.quoted(template.toString()) + " says already in which shard a row is",
                    "remove shard");
        }
    }

    /// A child reads its parent where it is itself.
    private void parent(TableRule rule) {
        rule.parent()
                .map(Parent::table)
                .filter(parent -> isPlaced(parent) && !isPlaced(rule.table()))
                .ifPresent(parent -> add(
                        path(rule.table(), "parent"),
                        "rows of " + parent + " are in the shard of their " + split.channel() + ", and those of "
                                + rule.table() + " are not, so they would not find their parents",
                        "keep the id of the " + split.channel() + " in a column of " + rule.table()
                                + " as well, and add shard: <that column>"));
    }

    private void members(ChannelType type) {
        type.members().ifPresent(members -> {
            if (type.name().equals(split.channel())) {
                rootMembers(members);
            } else if (isPlaced(members.table())) {
                add(
                        List.of("channels", type.name(), "members", "table"),
                        "rows of " + members.table() + " are in the shard of their " + split.channel()
                                + ", and every shard must know the members of a " + type.name(),
                        "keep them in another table, without shard and channels of type " + split.channel());
            }
        });
    }

    /// The row is an entity too: where it is told must be where it lets its member in.
    private void rootMembers(Members members) {
        RowPlace place = RowPlace.of(members.table(), split.channel(), types, rules.values());
        Template expected = Template.of(split.channel() + ":{" + members.channel() + "}");
        boolean same = place.equals(new RowPlace.OfColumn(members.channel()))
                || place.equals(new RowPlace.OfChannel(expected));
        if (!same) {
            add(
                    path(members.table()),
                    "rows of " + members.table() + " let members into the " + split.channel() + " in "
                            + members.channel() + ", and are in the shard of another",
                    "let their channel be " + Excerpt.quoted(expected.toString()) + ", or add shard: "
                            + members.channel());
        }
    }

    private boolean isPlaced(TableName table) {
        return RowPlace.ofItsOwn(table, split.channel(), types, rules.values()).isPresent();
    }

    private void add(List<String> path, String message, String fix) {
        findings.add(finding(path, message, fix));
    }

    private static Finding finding(List<String> path, String message, String fix) {
        return new Finding(path, CatalogCode.CONFLICT, message, fix);
    }

    private static List<String> path(TableName table, String... keys) {
        List<String> path = new ArrayList<>(List.of("tables", table.toString()));
        path.addAll(List.of(keys));
        return List.copyOf(path);
    }
}
