package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who wants what, of one event loop: tenant, or part of one, first, then channel and filter, or entity and principal.
/// As large as the subscriptions of the loop's connections.
final class Index {

    /// The rooms of one tenant.
    private record Tenant(Map<String, Room> channels, Map<String, Map<Principal, Room>> entities) {
        boolean isEmpty() {
            return channels.isEmpty() && entities.isEmpty();
        }
    }

    private final Map<TenantId, Tenant> tenants = new HashMap<>();
    private final Watching watching;
    private final Broadcasting broadcasting;

    Index(Watching watching, Broadcasting broadcasting) {
        this.watching = watching;
        this.broadcasting = broadcasting;
    }

    /// Who else is in the channels.
    Watching watching() {
        return watching;
    }

    void add(Member member) {
        Tenant tenant = tenants.computeIfAbsent(member.part, unseen -> new Tenant(new HashMap<>(), new HashMap<>()));
        String name = member.target.text();
        Room room = switch (member.target.kind()) {
            case CHANNEL -> tenant.channels.computeIfAbsent(name, unseen -> new Room());
            case ENTITY ->
                tenant.entities
                        .computeIfAbsent(name, unseen -> new HashMap<>())
                        .computeIfAbsent(principal(member), unseen -> new Room());
        };
        room.add(member);
        watching.add(member);
        broadcasting.add(member);
    }

    void remove(Member member) {
        TenantId id = member.part;
        Tenant tenant = tenants.get(id);
        if (tenant == null) {
            return;
        }
        watching.remove(member);
        broadcasting.remove(member);
        String name = member.target.text();
        switch (member.target.kind()) {
            case CHANNEL -> remove(tenant.channels, name, member);
            case ENTITY -> {
                Map<Principal, Room> principals = tenant.entities.get(name);
                if (principals != null) {
                    remove(principals, principal(member), member);
                    if (principals.isEmpty()) {
                        tenant.entities.remove(name);
                    }
                }
            }
        }
        if (tenant.isEmpty()) {
            tenants.remove(id);
        }
    }

    /// The same target, as one that is in the channel already has it: names that many listen to are kept once.
    Target shared(TenantId part, Target target) {
        List<Member> members = target.kind() == Target.Kind.CHANNEL ? channel(part, target.text()) : List.of();
        return members.isEmpty() ? target : members.getFirst().target;
    }

    private static <K> void remove(Map<K, Room> rooms, K key, Member member) {
        Room room = rooms.get(key);
        if (room != null && room.remove(member)) {
            rooms.remove(key);
        }
    }

    private static Principal principal(Member member) {
        return member.connection.identity().principal();
    }

    /// @param name with its filter, as [Target#text()] has it
    List<Member> channel(TenantId id, String name) {
        Tenant tenant = tenants.get(id);
        Room room = tenant == null ? null : tenant.channels.get(name);
        return room == null ? List.of() : room.members();
    }

    /// Whether anybody here wants this entity.
    boolean hasEntity(TenantId id, String entity) {
        Tenant tenant = tenants.get(id);
        return tenant != null && tenant.entities.containsKey(entity);
    }

    List<Member> entity(TenantId id, String entity, Principal principal) {
        Tenant tenant = tenants.get(id);
        Map<Principal, Room> principals = tenant == null ? null : tenant.entities.get(entity);
        Room room = principals == null ? null : principals.get(principal);
        return room == null ? List.of() : room.members();
    }
}
