package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;

/// What a subscription is for.
///
/// @param kind a channel or an entity
/// @param name `vault:42` or `source:77`
/// @param filter in its canonical form; empty for all of a channel, and in entities
public record Target(Kind kind, String name, String filter) {

    /// In no channel's name.
    private static final char FILTER_MARK = '?';

    /// What a target is.
    public enum Kind {
        CHANNEL,
        ENTITY
    }

    public static Target channel(String name) {
        return channel(name, "");
    }

    public static Target channel(String name, String filter) {
        return new Target(Kind.CHANNEL, name, filter);
    }

    /// @param code the entity's, such as `source`
    public static Target entity(String code, String id) {
        return new Target(Kind.ENTITY, code + ":" + id, "");
    }

    /// The parts of the tenant in which something may concern it. The tenant, where that is not split.
    List<TenantId> parts(Placement placement, TenantId tenant) {
        return switch (kind) {
            case CHANNEL -> placement.keysOfChannel(tenant, name);
            case ENTITY -> placement.keysOfEntity(tenant, name);
        };
    }

    /// How messages name it: `vault:42`, or `vault:42?status=eq.open`.
    public String text() {
        return text(name, filter);
    }

    static String text(String name, String filter) {
        return filter.isEmpty() ? name : name + FILTER_MARK + filter;
    }

    /// Whether who may not have this may not have the other either: a channel covers itself with every filter.
    boolean covers(Target other) {
        return kind == other.kind && name.equals(other.name) && (filter.isEmpty() || filter.equals(other.filter));
    }
}
