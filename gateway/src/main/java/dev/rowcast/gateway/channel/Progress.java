package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.position.Epoch;

/// How far the node is in one partition of `rowcast.changes`.
///
/// @param offset everything up to here was handled; -1 before the first change
/// @param lsn everything that committed before this place of the WAL was handled
/// @param sourceUs the database's clock at the last heartbeat, microseconds since 1970; 0 before the first
public record Progress(Epoch epoch, long offset, long lsn, long sourceUs) {

    /// As far as both are.
    Progress orEarlier(Progress other) {
        return new Progress(epoch, offset, Math.min(lsn, other.lsn), Math.min(sourceUs, other.sourceUs));
    }

    /// The same log, at least this far.
    public Progress advancedTo(Epoch nowEpoch, long nowOffset, long nowLsn, long nowSourceUs) {
        return epoch.equals(nowEpoch)
                ? new Progress(
                        epoch, Math.max(offset, nowOffset), Math.max(lsn, nowLsn), Math.max(sourceUs, nowSourceUs))
                : new Progress(nowEpoch, nowOffset, nowLsn, nowSourceUs);
    }
}
