package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A `SELECT` on the rows of one entity that one identity may see. Identifiers come from the catalog and are quoted;
/// what the client sent is bound. The credential's tenant is in every condition.
///
/// @param columns what is selected
/// @param from the table, quoted
/// @param where conditions with a `?` for each value
/// @param values of the conditions, in their order; Postgres reads each as the type it is compared with
record EntityQuery(List<String> columns, String from, String where, List<String> values) {

    /// @param key the columns of the table's primary key
    static EntityQuery of(Catalog catalog, TableRule rule, List<String> key, Identity identity) {
        Set<String> columns = new LinkedHashSet<>(key);
        columns.addAll(rule.deliver());
        EntityQuery all = new EntityQuery(List.copyOf(columns), rule.table().toSql() + " t", "true", List.of());
        EntityQuery readable = all.ofTenant("t", catalog.tenancy(), identity);
        for (Template template : rule.channels()) {
            readable = readable.readableBy(identity, catalog, rule, template);
        }
        return readable;
    }

    private EntityQuery ofTenant(String alias, Tenancy tenancy, Identity identity) {
        return switch (tenancy) {
            case Tenancy.Column(String column) ->
                and(
                        "%s.%s = ?".formatted(alias, quoted(column)),
                        identity.tenant().value());
            case Tenancy.Constant(String tenant) ->
                and("? = '" + tenant + "'", identity.tenant().value());
        };
    }

    EntityQuery and(String condition, String value) {
        List<String> more = new ArrayList<>(values);
        more.add(value);
        return new EntityQuery(columns, from, where + " and " + condition, List.copyOf(more));
    }

    /// None of the rows: what the credential is not good for looks as if it were not there.
    EntityQuery none() {
        return new EntityQuery(columns, from, where + " and false", values);
    }

    /// Only the rows of this channel: the catalog's template is read backwards.
    EntityQuery in(TableRule rule, String channel) {
        for (Template template : rule.channels()) {
            if (template.parts().size() == 2
                    && template.parts().getFirst() instanceof Template.Part.Text(String prefix)
                    && template.parts().getLast() instanceof Template.Part.Column(String column)
                    && channel.startsWith(prefix)) {
                return and("t.%s = ?".formatted(quoted(column)), channel.substring(prefix.length()));
            }
        }
        throw new BadRequestException(
                ErrorCode.INVALID_MESSAGE,
                "Rows of '%s' cannot be listed by channel '%s'; its channels are %s."
                        .formatted(rule.entity().orElse(""), channel, rule.channels()));
    }

    /// Only the row with this id, as messages name it.
    ///
    /// @throws BadRequestException when it has not the key's number of columns
    EntityQuery withId(List<String> key, String id) {
        List<String> values = key.size() == 1 ? List.of(id) : KeyText.split(id);
        if (values.size() != key.size()) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "The id must have %d columns, separated by commas, but has %d."
                            .formatted(key.size(), values.size()));
        }
        EntityQuery query = this;
        for (int i = 0; i < key.size(); i++) {
            query = query.and("t.%s = ?".formatted(quoted(key.get(i))), values.get(i));
        }
        return query;
    }

    String selectSql(String suffix) {
        String list = String.join(
                ", ", columns.stream().map(name -> "t." + quoted(name)).toList());
        return "select row_to_json(r)::text from (select %s from %s where %s %s) r"
                .formatted(list, from, where, suffix);
    }

    String countSql() {
        return "select count(*) from %s where %s".formatted(from, where);
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /// Fails closed: what the catalog does not open is not there. Members are looked up in the table of memberships,
    /// as the database has it now.
    private EntityQuery readableBy(Identity identity, Catalog catalog, TableRule rule, Template template) {
        ChannelType type = catalog.channels().get(template.toString().replaceFirst(":.*", ""));
        boolean anonymous = identity.principal().kind() == Principal.Kind.ANONYMOUS;
        Access access = type == null ? Access.MEMBERS : type.access();
        if (access == Access.PUBLIC || access == Access.TENANT && !anonymous) {
            return this;
        }
        if (type != null
                && type.members().isPresent()
                && !anonymous
                && column(template).isPresent()) {
            return withMembers(
                    identity,
                    catalog.tenancy(),
                    type.members().get(),
                    column(template).get());
        }
        throw new BadRequestException(
                ErrorCode.NOT_FOUND,
                "There is no '%s' that you may read.".formatted(rule.entity().orElse("")));
    }

    /// @param column of the row that holds the channel's id
    private EntityQuery withMembers(Identity identity, Tenancy tenancy, Members members, String column) {
        EntityQuery memberships = new EntityQuery(List.of(), "", "true", List.of())
                .ofTenant("m", tenancy, identity)
                .and(
                        "m.%s::text = ?".formatted(quoted(members.principal())),
                        identity.principal().id());
        List<String> more = new ArrayList<>(values);
        more.addAll(memberships.values());
        String mine = "t.%s::text in (select m.%s::text from %s m where %s)"
                .formatted(
                        quoted(column),
                        quoted(members.channel()),
                        members.table().toSql(),
                        memberships.where());
        return new EntityQuery(columns, from, where + " and " + mine, List.copyOf(more));
    }

    /// The column that a template such as `vault:{vault_id}` reads.
    private static Optional<String> column(Template template) {
        return template.parts().size() == 2
                        && template.parts().getFirst() instanceof Template.Part.Text
                        && template.parts().getLast() instanceof Template.Part.Column(String column)
                ? Optional.of(column)
                : Optional.empty();
    }
}
