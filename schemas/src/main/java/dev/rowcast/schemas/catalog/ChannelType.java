package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import java.util.Locale;
import java.util.Optional;

/// A kind of channels, `vault` of `vault:42`, and who may read them.
///
/// @param members where the memberships are; there exactly when `access` is [Access#MEMBERS]
/// @param presence what those who may read a channel are told of each other
/// @param broadcast whether they may tell each other things that nothing keeps
public record ChannelType(String name, Access access, Optional<Members> members, Presence presence, boolean broadcast) {
    /// @throws IllegalArgumentException when the name is not `[a-z][a-z0-9_-]{0,62}`, or `members`, `access` and
    ///     `presence` do not fit each other
    public ChannelType {
        Names.CHANNEL_TYPE.check(name);
        if (access == Access.MEMBERS && members.isEmpty()) {
            throw new BadValueException(
                    CatalogCode.CONFLICT,
                    "access is members and there is no members table",
                    "add members: {table: …, channel: …, principal: …}");
        }
        if (access != Access.MEMBERS && members.isPresent()) {
            throw new BadValueException(
                    CatalogCode.CONFLICT,
                    "a members table has no effect where access is "
                            + access.name().toLowerCase(Locale.ROOT),
                    "remove members, or set access to members");
        }
        if (access == Access.PUBLIC && presence == Presence.MEMBERS) {
            throw new BadValueException(
                    CatalogCode.CONFLICT,
                    "presence is members where access is public, so anybody would be told who is there",
                    "set presence to count, or access to tenant or members");
        }
    }
}
