package dev.rowcast.cache.shared;

import java.util.Optional;

/// What Redis says to a piece of the log.
public sealed interface Applied {

    /// It is applied.
    record Ok() implements Applied {}

    /// Redis is elsewhere: go on behind this offset.
    record Seek(long offset) implements Applied {}

    /// Redis does not know its place, or knows one in another topic: see [SharedCache#reset].
    ///
    /// @param found what it knows; empty for nothing
    record ResetNeeded(Optional<Place> found) implements Applied {}
}
