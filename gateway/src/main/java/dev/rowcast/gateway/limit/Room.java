package dev.rowcast.gateway.limit;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Memory of a node that requests hold while they are under way. No tenant gets more than half of it, but for a single
/// request, so that the others' go on whatever one of them does. Safe for use by several threads.
public final class Room {

    private static final int KIB = 1_024;
    /// What a request costs in memory beside its bytes.
    private static final int LEAST_KIB = 16;

    private final int most;
    private final Map<TenantId, Integer> taken = new HashMap<>();
    private int free;

    /// @param bytes of all tenants together
    public Room(int bytes) {
        this.most = bytes / KIB;
        this.free = most;
    }

    /// @return empty when there is no room for so many bytes
    public synchronized Optional<Place> enter(TenantId tenant, long bytes) {
        int wanted = Math.toIntExact(Math.max(LEAST_KIB, Math.ceilDiv(bytes, KIB)));
        int had = taken.getOrDefault(tenant, 0);
        if (wanted > free || had > 0 && had + wanted > most / 2) {
            return Optional.empty();
        }
        free -= wanted;
        taken.put(tenant, had + wanted);
        return Optional.of(new Place(tenant, wanted));
    }

    private synchronized void leave(Place place) {
        if (place.left) {
            return;
        }
        place.left = true;
        free += place.kib;
        taken.computeIfPresent(place.tenant, (tenant, had) -> had == place.kib ? null : had - place.kib);
    }

    /// Held until it is left.
    public final class Place {

        private final TenantId tenant;
        private final int kib;
        private boolean left;

        private Place(TenantId tenant, int kib) {
            this.tenant = tenant;
            this.kib = kib;
        }

        /// A second time is as if it were not.
        public void leave() {
            Room.this.leave(this);
        }
    }
}
