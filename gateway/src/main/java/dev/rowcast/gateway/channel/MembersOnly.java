package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import java.util.Map;

/// Which channels a principal may have only when the topology names it. Fails closed: so may those that the catalog
/// does not know.
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
        int colon = target.name().indexOf(':');
        ChannelType type = types.get(colon < 0 ? target.name() : target.name().substring(0, colon));
        return type == null || type.access() == Access.MEMBERS;
    }
}
