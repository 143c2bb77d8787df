package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.catalog.Tenancy;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who is a member of which channel, as the tables of the catalog say.
final class Memberships {

    private static final String YES = "yes";
    private static final String NO = "no";

    private final Catalog catalog;
    private final Shapes shapes;
    private final Reads reads;

    Memberships(Catalog catalog, Shapes shapes, Reads reads) {
        this.catalog = catalog;
        this.shapes = shapes;
        this.reads = reads;
    }

    /// Through the cache only where the catalog evicts a tag of the channel's members: then whoever is let in
    /// or out makes the answer stale, and no reading that began before can bring it back.
    ///
    /// @param id of the channel
    boolean has(Asked asked, Members members, String id) throws SQLException {
        Identity identity = asked.identity();
        TableShape shape = shapes.of(members.table());
        Column channel = shape.column("m", members.channel());
        Where mine = ofPrincipal(catalog.tenancy(), identity, members).and(channel.is(id));
        String sql = "select '1' from %s m where %s limit 1"
                .formatted(members.table().toSql(), mine.sql());
        Answer answer = reads.read(
                identity.tenant(),
                RowSecurity.of(catalog, identity, List.of(members.table())),
                tag(shape, members, id, identity.principal().id()),
                List.of(
                        "member",
                        members.table().toString(),
                        members.channel(),
                        members.principal(),
                        id,
                        identity.principal().id()),
                new Asked(identity, asked.freshness(), Optional.empty()),
                transaction -> transaction.run(sql, mine.values()).isEmpty() ? NO : YES);
        return YES.equals(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private Optional<String> tag(TableShape shape, Members members, String channel, String principal) {
        Map<String, String> bound = new HashMap<>();
        for (Map.Entry<String, String> each :
                List.of(Map.entry(members.channel(), channel), Map.entry(members.principal(), principal))) {
            if (shape.column("m", each.getKey()).plain()) {
                bound.put(each.getKey(), each.getValue());
            }
        }
        return catalog.table(members.table()).flatMap(rule -> Coverage.tag(rule, bound, Map.of()));
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
