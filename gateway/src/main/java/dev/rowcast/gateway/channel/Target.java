package dev.rowcast.gateway.channel;

/// What a subscription is for.
///
/// @param kind a channel or an entity
/// @param name `vault:42` or `source:77`
public record Target(Kind kind, String name) {

    /// What a target is.
    public enum Kind {
        CHANNEL,
        ENTITY
    }

    public static Target channel(String name) {
        return new Target(Kind.CHANNEL, name);
    }

    /// @param code the entity's, such as `source`
    public static Target entity(String code, String id) {
        return new Target(Kind.ENTITY, code + ":" + id);
    }
}
