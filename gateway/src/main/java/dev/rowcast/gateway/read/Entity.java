package dev.rowcast.gateway.read;

import dev.rowcast.gateway.told.Told;
import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A kind of rows, as the catalog and the database describe it, and the SQL that follows from both. The row
/// is `t`, its parent `p`.
///
/// @param parent the shape of the parent's table, where channels read it
record Entity(String code, TableRule rule, Tenancy tenancy, TableShape shape, Optional<TableShape> parent) {

    /// Whether the channels of a row are known by what its parent holds.
    static boolean readsParent(TableRule rule) {
        return rule.channels().stream()
                .anyMatch(template -> !template.parentColumns().isEmpty());
    }

    /// What is shown: the key and what the catalog shows to readers.
    List<String> columns() {
        Set<String> columns = new LinkedHashSet<>(shape.key());
        columns.addAll(rule.shown());
        return List.copyOf(columns);
    }

    /// The tables that its rows are read from.
    List<TableName> tables() {
        return Stream.concat(
                        Stream.of(rule.table()),
                        parent.stream().flatMap(above -> rule.parent().stream()).map(Parent::table))
                .toList();
    }

    Column own(String name) {
        return shape.column("t", name);
    }

    List<Column> key() {
        return shape.key().stream().map(this::own).toList();
    }

    Column column(Template.Part part) {
        return switch (part) {
            case Template.Part.Column(String name) -> own(name);
            case Template.Part.ParentColumn(String name) -> parent.orElseThrow().column("p", name);
            case Template.Part.Text text -> throw new IllegalArgumentException("no column: " + text);
        };
    }

    /// The types of the channels that its rows can be in.
    Set<String> types() {
        return rule.channels().stream()
                .map(template -> template.channelType().orElse(Told.ANY))
                .collect(Collectors.toSet());
    }

    /// The ways into a channel.
    ///
    /// @throws BadRequestException when no template makes such channels
    List<Link> links(String channel) {
        List<Link> links = rule.channels().stream()
                .flatMap(template -> Link.of(template).stream())
                .filter(link -> link.makes(channel))
                .toList();
        if (links.isEmpty()) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "Rows of '%s' cannot be listed by channel '%s'; its channels are %s."
                            .formatted(code, Shown.of(channel), rule.channels()));
        }
        return links;
    }

    Where in(Link link, String channel) {
        return link.column().map(part -> column(part).is(link.value(channel))).orElse(Where.ALL);
    }

    /// Rows of this tenant. Their parents are, too: see [#from].
    Where of(TenantId tenant) {
        return of("t", tenancy, tenant);
    }

    static Where of(String alias, Tenancy tenancy, TenantId tenant) {
        return switch (tenancy) {
            case Tenancy.Column(String column) ->
                Where.of("%s.%s = ?".formatted(alias, Column.quoted(column)), tenant.value());
            case Tenancy.Constant(String only) -> tenant.value().equals(only) ? Where.ALL : Where.NONE;
        };
    }

    /// The rows with these ids, as messages name them.
    ///
    /// @throws BadRequestException when one has not the key's number of columns
    Where withIds(List<String> ids) {
        return Where.any(ids.stream().map(this::withId).toList());
    }

    private Where withId(String id) {
        List<Column> key = key();
        List<String> values = key.size() == 1 ? List.of(id) : KeyText.split(id);
        if (values.size() != key.size()) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "The id '%s' must have %d columns, separated by commas, but has %d."
                            .formatted(Shown.of(id), key.size(), values.size()));
        }
        Where where = Where.ALL;
        for (int i = 0; i < values.size(); i++) {
            where = where.and(key.get(i).is(values.get(i)));
        }
        return where;
    }

    /// The id of a row as messages name it.
    ///
    /// @param texts of the key's columns
    String id(List<Optional<String>> texts) {
        List<String> values = texts.stream().map(Optional::orElseThrow).toList();
        return values.size() == 1 ? values.getFirst() : KeyText.join(values);
    }

    String from() {
        return rule.table().toSql() + " t"
                + (parent.isEmpty() ? "" : rule.parent().map(this::join).orElse(""));
    }

    private String join(Parent link) {
        String key = Column.quoted(parent.orElseThrow().key().getFirst());
        String ofTenant = tenancy instanceof Tenancy.Column(String column)
                ? " and p.%1$s = t.%1$s".formatted(Column.quoted(column))
                : "";
        return " left join %s p on p.%s = t.%s%s"
                .formatted(link.table().toSql(), key, Column.quoted(link.by()), ofTenant);
    }

    /// The row as JSON, as an expression.
    String json() {
        String list = columns().stream().map(name -> own(name).sql()).collect(Collectors.joining(", "));
        return "row_to_json((select r from (select %s) r))::text".formatted(list);
    }

    /// The names of a row's channels, as expressions; one is null where the row has no such channel.
    List<String> channels() {
        List<String> names = new ArrayList<>();
        for (Template template : rule.channels()) {
            names.add(template.parts().stream()
                    .map(part -> part instanceof Template.Part.Text(String text)
                            ? "'" + text.replace("'", "''") + "'"
                            : column(part).text())
                    .collect(Collectors.joining(" || ")));
        }
        return names;
    }
}
