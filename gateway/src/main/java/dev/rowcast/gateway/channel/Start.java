package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.position.Epoch;

/// A position in a tenant's partition of `rowcast.changes`.
///
/// @param offset the last one had; -1 before the first
public record Start(Epoch epoch, long offset) {

    /// Whether who is here has what is there; never of another log.
    boolean has(Epoch other, long there) {
        return epoch.equals(other) && there <= offset;
    }
}
