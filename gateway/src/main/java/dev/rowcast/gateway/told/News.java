package dev.rowcast.gateway.told;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What an answer must have, because somebody knows of it.
///
/// @param xids transactions
/// @param ago everything that was committed longer ago than this
public record News(Set<Long> xids, Optional<Duration> ago) {

    static final News NONE = new News(Set.of(), Optional.empty());

    public News {
        xids = Set.copyOf(xids);
    }

    /// The same, and everything that was committed longer ago than this.
    News and(Optional<Duration> other) {
        return other.isEmpty() || ago.isPresent() && ago.get().compareTo(other.get()) <= 0
                ? this
                : new News(xids, other);
    }
}
