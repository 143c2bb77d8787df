package dev.rowcast.gateway.read;

import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Which tag of the catalog's `evict` stands for everything that a read depends on: one that is made of what
/// the read is bound to and nothing else. Whatever row comes into the read, leaves it or changes in it,
/// evicts it.
final class Coverage {

    /// As the cache takes them.
    private static final int LONGEST = 1_024;

    private Coverage() {}

    /// @param own the columns that every row of the read has these values in
    /// @param parents the same, of their parents
    /// @return empty where the catalog evicts no such tag, so that the read must not be cached
    static Optional<String> tag(TableRule rule, Map<String, String> own, Map<String, String> parents) {
        return tag(rule, own, parents, template -> true);
    }

    private static Optional<String> tag(
            TableRule rule, Map<String, String> own, Map<String, String> parents, Predicate<Template> also) {
        if (rule.insertOnly()) {
            return Optional.empty(); // its updates and deletes evict nothing
        }
        return rule.evict().stream()
                .filter(template -> own.keySet().containsAll(template.columns())
                        && parents.keySet().containsAll(template.parentColumns())
                        && also.test(template))
                .max(Comparator.comparing(Coverage::precision))
                .flatMap(template -> template.render(
                        column -> Optional.ofNullable(own.get(column)),
                        column -> Optional.ofNullable(parents.get(column))))
                .filter(tag -> tag.length() <= LONGEST);
    }

    /// Of a list by channel.
    static Optional<String> ofChannel(Entity entity, List<Link> links, String channel) {
        if (links.size() != 1) {
            return Optional.empty();
        }
        Link link = links.getFirst();
        if (link.column().isEmpty()) {
            return tag(entity.rule(), Map.of(), Map.of());
        }
        Template.Part part = link.column().get();
        if (!entity.column(part).plain()) {
            return Optional.empty();
        }
        return switch (part) {
            case Template.Part.Column(String name) -> tag(entity.rule(), Map.of(name, link.value(channel)), Map.of());
            // A parent that moves takes its rows along without a change of theirs: only a tag of that column hears of
            // it.
            case Template.Part.ParentColumn(String name) ->
                tag(
                        entity.rule(),
                        Map.of(),
                        Map.of(name, link.value(channel)),
                        template -> template.parentColumns().contains(name));
            case Template.Part.Text text -> Optional.empty();
        };
    }

    /// Of one row. Where its channels are its parent's, they may become others without any change of the row.
    static Optional<String> ofRow(Entity entity, Map<String, String> key) {
        return entity.parent().isPresent() || !entity.key().stream().allMatch(Column::plain)
                ? Optional.empty()
                : tag(entity.rule(), key, Map.of());
    }

    private static int precision(Template template) {
        return template.columns().size() + template.parentColumns().size();
    }
}
