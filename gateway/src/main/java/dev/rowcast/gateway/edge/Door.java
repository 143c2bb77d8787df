package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.Census;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.Optional;

/// Whether one more connection can come in.
public final class Door {

    private final Census census;
    private final Limits limits;
    private volatile boolean draining;

    public Door(Census census, Limits limits) {
        this.census = census;
        this.limits = limits;
    }

    /// Why not; empty when it can.
    Optional<ErrorCode> refusal() {
        if (draining) {
            return Optional.of(ErrorCode.DRAINING);
        }
        return census.connections() >= limits.connections() ? Optional.of(ErrorCode.OVERLOADED) : Optional.empty();
    }

    /// Whether it lets anybody in, as far as there is room.
    public boolean isOpen() {
        return !draining;
    }

    /// Lets nobody in any more.
    public void close() {
        draining = true;
    }
}
