package dev.rowcast.gateway.limit;

/// How many may be connected to one node, and how many may come in a second. Every one fails open: nobody who is
/// connected loses the connection by it.
///
/// @param node all together; over it `OVERLOADED`
/// @param tenant of one tenant; over it `TOO_MANY_CONNECTIONS`
/// @param user of one user of a tenant; over it `TOO_MANY_CONNECTIONS`. A publishable key is many browsers, so keys and
///     tokens without a subject have only the tenant's limit
/// @param address of one client address, of IPv6 one /64; over it `TOO_MANY_CONNECTIONS`
/// @param connects new ones of the node; over it `OVERLOADED` with a time to come back
/// @param connectsOfAddress new ones of one address; over it `RATE_LIMITED` with a time to come back
public record ConnectionLimits(int node, int tenant, int user, int address, Rate connects, Quota connectsOfAddress) {

    public static final ConnectionLimits DEFAULTS =
            new ConnectionLimits(20_000, 20_000, 100, 2_000, new Rate(1_000, 2_000), Quota.perMinute(4_000));

    public ConnectionLimits {
        Checks.atLeastOne("connections", node);
        Checks.atLeastOne("connections.tenant", tenant);
        Checks.atLeastOne("connections.user", user);
        Checks.atLeastOne("connections.address", address);
    }

    public ConnectionLimits withNode(int value) {
        return new ConnectionLimits(value, tenant, user, address, connects, connectsOfAddress);
    }

    public ConnectionLimits withTenant(int value) {
        return new ConnectionLimits(node, value, user, address, connects, connectsOfAddress);
    }

    public ConnectionLimits withUser(int value) {
        return new ConnectionLimits(node, tenant, value, address, connects, connectsOfAddress);
    }

    public ConnectionLimits withAddress(int value) {
        return new ConnectionLimits(node, tenant, user, value, connects, connectsOfAddress);
    }

    public ConnectionLimits withConnects(Rate value) {
        return new ConnectionLimits(node, tenant, user, address, value, connectsOfAddress);
    }

    public ConnectionLimits withConnectsOfAddress(Quota value) {
        return new ConnectionLimits(node, tenant, user, address, connects, value);
    }
}
