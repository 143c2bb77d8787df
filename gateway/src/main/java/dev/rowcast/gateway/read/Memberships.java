package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.catalog.Tenancy;
import java.sql.SQLException;

/// Who is a member of which channel, as the tables of the catalog say.
final class Memberships {

    private final Tenancy tenancy;
    private final Shapes shapes;

    Memberships(Tenancy tenancy, Shapes shapes) {
        this.tenancy = tenancy;
        this.shapes = shapes;
    }

    /// @param id of the channel
    boolean has(Transaction transaction, Identity identity, Members members, String id) throws SQLException {
        TableShape shape = shapes.of(transaction, members.table());
        Where mine = ofPrincipal(tenancy, identity, members)
                .and(shape.column("m", members.channel()).is(id));
        String sql = "select '1' from %s m where %s limit 1"
                .formatted(members.table().toSql(), mine.sql());
        return !transaction.run(sql, mine.values()).isEmpty();
    }

    /// The rows in any channel of a type that somebody is a member of.
    static Where rows(Entity entity, Link link, Identity identity, Members members) {
        Where mine = ofPrincipal(entity.tenancy(), identity, members);
        String prefix = literal(link.prefix().substring(link.type().length() + 1));
        String id = link.column()
                .map(part -> "%s || %s".formatted(prefix, entity.column(part).text()))
                .orElse(prefix);
        return new Where(
                "%s in (select m.%s::text from %s m where %s)"
                        .formatted(
                                id,
                                Column.quoted(members.channel()),
                                members.table().toSql(),
                                mine.sql()),
                mine.values());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static Where ofPrincipal(Tenancy tenancy, Identity identity, Members members) {
        return Entity.of("m", tenancy, identity.tenant())
                .and(Where.of(
                        "m.%s::text = ?".formatted(Column.quoted(members.principal())),
                        identity.principal().id()));
    }
}
