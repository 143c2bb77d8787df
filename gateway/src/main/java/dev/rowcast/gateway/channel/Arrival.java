package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;

/// A delivery for this node.
///
/// @param tenant empty in what concerns the whole partition
public record Arrival(Optional<TenantId> tenant, Epoch epoch, Delivery delivery) {

    public static Arrival of(Delivery delivery) {
        return new Arrival(
                Optional.ofNullable(delivery.getTenant()).map(TenantId::new), new Epoch(delivery.getEpoch()), delivery);
    }
}
