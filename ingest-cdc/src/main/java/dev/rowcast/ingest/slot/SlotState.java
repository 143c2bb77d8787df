package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;

/// A slot as the database shows it.
///
/// @param active whether somebody reads from it now
/// @param lost whether its log is gone already
/// @param confirmed everything that committed before it is not sent again
/// @param retainedBytes how much log the database keeps for it
public record SlotState(boolean active, boolean lost, Lsn confirmed, long retainedBytes) {}
