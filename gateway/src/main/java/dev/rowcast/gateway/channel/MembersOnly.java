package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.Presence;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which channels a principal may have only when the topology names it, and what else is kept for each principal. Fails
/// closed: so may those that the catalog does not know.
public final class MembersOnly {

    private final Map<String, ChannelType> types;

    public MembersOnly(Catalog catalog) {
        this.types = catalog.channels();
    }

    /// Whether it is such a channel.
    public boolean is(Target target) {
        if (target.kind() != Target.Kind.CHANNEL) {
            return false;
        }
        ChannelType type = type(target);
        return type == null || type.access() == Access.MEMBERS;
    }

    /// Whether those who have the channel may be told who else does.
    boolean hasPresence(Target target) {
        ChannelType type = target.kind() == Target.Kind.CHANNEL ? type(target) : null;
        return type != null && type.presence() != Presence.NONE;
    }

    /// Whether those who have the channel may tell each other things.
    public boolean hasBroadcast(Target target) {
        ChannelType type = target.kind() == Target.Kind.CHANNEL ? type(target) : null;
        return type != null && type.broadcast();
    }

    /// Whether the topology keeps a subscription for each principal, not once for the node.
    public boolean isByPrincipal(Target target) {
        return target.kind() == Target.Kind.ENTITY || is(target) || hasPresence(target);
    }

    private @Nullable ChannelType type(Target target) {
        int colon = target.name().indexOf(':');
        return types.get(colon < 0 ? target.name() : target.name().substring(0, colon));
    }
}
