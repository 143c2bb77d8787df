package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;

/// Which database this is, and where its log stands.
///
/// @param systemIdentifier the cluster's, made by `initdb`; a physical copy keeps it
/// @param timeline raised by a promotion and by a restore
/// @param end the log's end
public record SourceIdentity(String systemIdentifier, int timeline, Lsn end) {}
