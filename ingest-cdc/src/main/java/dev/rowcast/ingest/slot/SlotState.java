package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;
import java.util.Optional;
import java.util.OptionalLong;

/// A slot as the database shows it.
///
/// @param reader who reads from it now
/// @param status `reserved`, `extended`, `unreserved` or `lost`, as `wal_status` has it
/// @param confirmed everything that committed before it is not sent again
/// @param retainedBytes how much log the database keeps for it
/// @param lagBytes from the confirmed position to the log's end
/// @param safeBytes how much may be written until the log that it needs may be removed; empty without a limit
/// @param limitBytes how much log a slot may hold, `max_slot_wal_keep_size`; empty without a limit
public record SlotState(
        Optional<Reader> reader,
        String status,
        Lsn confirmed,
        long retainedBytes,
        long lagBytes,
        OptionalLong safeBytes,
        OptionalLong limitBytes) {

    /// Whether somebody reads from it now.
    public boolean active() {
        return reader.isPresent();
    }

    /// Whether its log is gone already.
    public boolean lost() {
        return status.equals("lost");
    }
}
