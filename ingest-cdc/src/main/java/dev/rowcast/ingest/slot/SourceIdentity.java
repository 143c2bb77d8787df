package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;
import java.util.OptionalLong;

/// Which database this is, and where its log stands.
///
/// @param systemIdentifier the cluster's, made by `initdb`; a physical copy keeps it
/// @param timeline raised by a promotion and by a restore
/// @param history where it left earlier timelines
/// @param end the log's end
/// @param heartbeatXid the transaction that wrote its latest heartbeat row; empty when there is none
public record SourceIdentity(
        String systemIdentifier, int timeline, TimelineHistory history, Lsn end, OptionalLong heartbeatXid) {}
