package dev.rowcast.streams.evictor;

import dev.rowcast.cache.shared.Stale;
import java.util.List;
import java.util.OptionalLong;

/// What one script applies.
///
/// @param to last offset of the log that is applied with it; a record of many tags is several pieces, of which only the
///     last moves on
record Piece(long to, OptionalLong watermarkMs, List<Stale> stale) {}
