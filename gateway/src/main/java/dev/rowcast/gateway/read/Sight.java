package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.catalog.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who may read what: whoever may be told of a row, because it is in a channel that they may have. It is
/// decided apart from what the rows hold, so that rows can be shared and permissions are not. Fails closed:
/// what the catalog does not open is not there.
final class Sight {

    /// Whether somebody may read a channel.
    sealed interface Verdict {
        record Open() implements Verdict {}

        record Closed() implements Verdict {}

        /// When the table says that they are a member.
        ///
        /// @param id of the channel: what follows its type and colon
        record IfMember(Members members, String id) implements Verdict {}
    }

    private static final Verdict OPEN = new Verdict.Open();
    private static final Verdict CLOSED = new Verdict.Closed();

    private final Catalog catalog;

    Sight(Catalog catalog) {
        this.catalog = catalog;
    }

    Verdict of(Identity identity, String channel) {
        int colon = channel.indexOf(':');
        if (colon < 1 || !identity.reach().covers(channel)) {
            return CLOSED;
        }
        return ofType(identity, channel.substring(0, colon), channel.substring(colon + 1));
    }

    private Verdict ofType(Identity identity, String name, String id) {
        ChannelType type = catalog.channels().get(name);
        boolean anonymous = identity.principal().kind() == Principal.Kind.ANONYMOUS;
        Access access = type == null ? Access.MEMBERS : type.access();
        return switch (access) {
            case PUBLIC -> OPEN;
            case TENANT -> anonymous ? CLOSED : OPEN;
            case MEMBERS ->
                anonymous || type == null
                        ? CLOSED
                        : type.members()
                                .<Verdict>map(members -> new Verdict.IfMember(members, id))
                                .orElse(CLOSED);
        };
    }

    /// The rows that somebody may read by any of their channels. Members are looked up in the table of
    /// memberships, as the database has it now.
    ///
    /// @return nothing where no channel of the entity can be theirs
    Optional<Where> rows(Identity identity, Entity entity) {
        List<Where> alternatives = new ArrayList<>();
        for (Link link : entity.rule().channels().stream()
                .flatMap(template -> Link.of(template).stream())
                .toList()) {
            switch (ofType(
                    identity, link.type(), link.prefix().substring(link.type().length() + 1))) {
                case Verdict.Open open -> alternatives.add(filled(entity, link));
                case Verdict.Closed closed -> {}
                case Verdict.IfMember(Members members, String id) ->
                    alternatives.add(Memberships.rows(entity, link, identity, members));
            }
        }
        return alternatives.isEmpty() ? Optional.empty() : Optional.of(Where.any(alternatives));
    }

    /// The tables of memberships that [#rows] looks into.
    List<TableName> members(Entity entity) {
        return entity.rule().channels().stream()
                .flatMap(template -> template.channelType().stream())
                .flatMap(type -> Optional.ofNullable(catalog.channels().get(type)).stream())
                .flatMap(type -> type.members().stream())
                .map(Members::table)
                .toList();
    }

    /// A row whose column is null is not in the channel.
    private static Where filled(Entity entity, Link link) {
        return link.column()
                .map(part -> Where.of(entity.column(part).sql() + " is not null"))
                .orElse(Where.ALL);
    }
}
