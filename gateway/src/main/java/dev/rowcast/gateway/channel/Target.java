package dev.rowcast.gateway.channel;

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
