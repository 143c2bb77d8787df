package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.shard.Placement;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What every shard of a node shares; all of it is safe for use by several threads.
public record ShardServices(
        Upstream upstream,
        MembersOnly membersOnly,
        Placement placement,
        CursorCodec cursors,
        ProtocolCodec codec,
        Limits limits,
        Census census,
        Hops hops,
        DeliveryLog log,
        Pressure pressure,
        Clock clock) {

    /// Microseconds since 1970.
    long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
