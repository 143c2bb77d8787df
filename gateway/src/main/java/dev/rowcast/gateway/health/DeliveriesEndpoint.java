package dev.rowcast.gateway.health;

import dev.rowcast.gateway.channel.DeliveryLog;
import dev.rowcast.gateway.feed.Feeding;
import dev.rowcast.schemas.position.Lsn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/// Says to operators how many subscribers of this node got a transaction, and how fast:
/// `GET /actuator/deliveries/{xid}`.
@Endpoint(id = "deliveries")
public final class DeliveriesEndpoint {

    private final DeliveryLog log;
    private final Feeding feeding;

    public DeliveriesEndpoint(DeliveryLog log, Feeding feeding) {
        this.log = log;
        this.feeding = feeding;
    }

    /// @param xid the transaction's 32-bit id
    /// @param subscribers distinct connections that it was written to as it came; 0 also when it has not come yet
    /// @param firstWrittenMs from the commit to the first write; absent before
    /// @param lastWrittenMs from the commit to the last write; absent before
    /// @param lsnReached the place in the WAL up to which this node has everything; absent before it knows
    record Deliveries(
            long xid,
            int subscribers,
            @Nullable Double firstWrittenMs,
            @Nullable Double lastWrittenMs,
            @Nullable String lsnReached) {}

    @ReadOperation
    public Object deliveries(@Selector long xid) {
        Optional<DeliveryLog.Entry> entry = log.find(xid);
        var reached = feeding.lsnReached();
        return new Deliveries(
                xid,
                entry.map(DeliveryLog.Entry::subscribers).orElse(0),
                entry.map(found -> found.firstWrittenUs() / 1000.0).orElse(null),
                entry.map(found -> found.lastWrittenUs() / 1000.0).orElse(null),
                reached.isPresent() ? new Lsn(reached.getAsLong()).toString() : null);
    }
}
