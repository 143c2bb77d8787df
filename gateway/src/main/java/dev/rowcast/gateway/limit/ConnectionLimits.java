package dev.rowcast.gateway.limit;

/// How many may be connected to one node, and how many may come in a second. Every one fails open: nobody who is
/// connected loses the connection by it.
///
/// @param node all together; over it `OVERLOADED`
/// @param tenant of one tenant; over it `TOO_MANY_CONNECTIONS`
/// @param user of one user of a tenant; over it `TOO_MANY_CONNECTIONS`
/// @param key of one API key; over it `TOO_MANY_CONNECTIONS`. A publishable key is many browsers, so it is as
///     high as the tenant's unless it is set
/// @param address of one client address, of IPv6 one /64; over it `TOO_MANY_CONNECTIONS`
/// @param sockets of one address that reaches the node itself, whatever is said on them; over it they are closed unread
/// @param connects new ones of the node; over it `OVERLOADED` with a time to come back
/// @param connectsOfAddress new ones of one address; over it `RATE_LIMITED` with a time to come back
public record ConnectionLimits(
        int node, int tenant, int user, int key, int address, int sockets, Rate connects, Quota connectsOfAddress) {

    /// So many sockets for each connection of an address: a browser has some for requests beside its streams.
    public static final int SOCKETS_FOR_EACH = 2;

    public static final ConnectionLimits DEFAULTS = new ConnectionLimits(
            20_000, 20_000, 100, 20_000, 2_000, 4_000, new Rate(1_000, 2_000), Quota.perMinute(4_000));

    public ConnectionLimits {
        Checks.atLeastOne("connections", node);
        Checks.atLeastOne("connections.tenant", tenant);
        Checks.atLeastOne("connections.user", user);
        Checks.atLeastOne("connections.key", key);
        Checks.atLeastOne("connections.address", address);
        Checks.atLeastOne("sockets.address", sockets);
    }

    public ConnectionLimits withNode(int value) {
        return new ConnectionLimits(value, tenant, user, key, address, sockets, connects, connectsOfAddress);
    }

    public ConnectionLimits withTenant(int value) {
        return new ConnectionLimits(node, value, user, key, address, sockets, connects, connectsOfAddress);
    }

    public ConnectionLimits withUser(int value) {
        return new ConnectionLimits(node, tenant, value, key, address, sockets, connects, connectsOfAddress);
    }

    public ConnectionLimits withKey(int value) {
        return new ConnectionLimits(node, tenant, user, value, address, sockets, connects, connectsOfAddress);
    }

    public ConnectionLimits withAddress(int value) {
        return new ConnectionLimits(node, tenant, user, key, value, sockets, connects, connectsOfAddress);
    }

    public ConnectionLimits withSockets(int value) {
        return new ConnectionLimits(node, tenant, user, key, address, value, connects, connectsOfAddress);
    }

    public ConnectionLimits withConnects(Rate value) {
        return new ConnectionLimits(node, tenant, user, key, address, sockets, value, connectsOfAddress);
    }

    public ConnectionLimits withConnectsOfAddress(Quota value) {
        return new ConnectionLimits(node, tenant, user, key, address, sockets, connects, value);
    }
}
