package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who wants what, of one event loop: tenant first, then channel, or entity and principal. As large as the
/// subscriptions of the loop's connections.
final class Index {

    /// The rooms of one tenant.
    private record Tenant(Map<String, Room> channels, Map<String, Map<String, Room>> entities) {
        boolean isEmpty() {
            return channels.isEmpty() && entities.isEmpty();
        }
    }

    private final Map<TenantId, Tenant> tenants = new HashMap<>();

    void add(Member member) {
        Tenant tenant = tenants.computeIfAbsent(
                member.connection.identity().tenant(), unseen -> new Tenant(new HashMap<>(), new HashMap<>()));
        Map<String, Room> rooms = switch (member.target.kind()) {
            case CHANNEL -> tenant.channels;
            case ENTITY -> tenant.entities.computeIfAbsent(member.target.name(), unseen -> new HashMap<>());
        };
        rooms.computeIfAbsent(key(member), unseen -> new Room()).add(member);
    }

    void remove(Member member) {
        TenantId id = member.connection.identity().tenant();
        Tenant tenant = tenants.get(id);
        if (tenant == null) {
            return;
        }
        switch (member.target.kind()) {
            case CHANNEL -> remove(tenant.channels, member);
            case ENTITY -> {
                Map<String, Room> principals = tenant.entities.get(member.target.name());
                if (principals != null) {
                    remove(principals, member);
                    if (principals.isEmpty()) {
                        tenant.entities.remove(member.target.name());
                    }
                }
            }
        }
        if (tenant.isEmpty()) {
            tenants.remove(id);
        }
    }

    private static void remove(Map<String, Room> rooms, Member member) {
        Room room = rooms.get(key(member));
        if (room != null && room.remove(member)) {
            rooms.remove(key(member));
        }
    }

    private static String key(Member member) {
        return member.target.kind() == Target.Kind.CHANNEL
                ? member.target.name()
                : member.connection.identity().principal();
    }

    List<Member> channel(TenantId id, String name) {
        Tenant tenant = tenants.get(id);
        Room room = tenant == null ? null : tenant.channels.get(name);
        return room == null ? List.of() : room.members();
    }

    List<Member> entity(TenantId id, String entity, String principal) {
        Tenant tenant = tenants.get(id);
        Map<String, Room> principals = tenant == null ? null : tenant.entities.get(entity);
        Room room = principals == null ? null : principals.get(principal);
        return room == null ? List.of() : room.members();
    }

    boolean isEmpty() {
        return tenants.isEmpty();
    }
}
