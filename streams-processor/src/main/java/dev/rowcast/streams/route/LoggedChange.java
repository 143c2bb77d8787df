package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.tenant.TenantId;

/// A change and its place in the log.
///
/// @param epoch the log's incarnation
/// @param offset in the partition of `rowcast.changes`
/// @param capturedUs when ingest wrote it, microseconds since 1970
/// @param bytes its size in the log
public record LoggedChange(TenantId tenant, long epoch, long offset, long capturedUs, int bytes, Routed routed) {

    /// Whether a client may resume after it, as far as is known: it is the last of its transaction. What is part of
    /// none may stand within somebody else's.
    public boolean endsTransaction() {
        return routed.parts().stream().allMatch(part -> switch (part) {
            case Routed.Told told ->
                told.transaction().map(Transaction::getLast).orElse(false);
            case Routed.Silent silent -> true;
            case Routed.Several several -> true;
            case Routed.Cut cut -> true;
        });
    }
}
