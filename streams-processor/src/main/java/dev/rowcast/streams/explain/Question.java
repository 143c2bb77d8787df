package dev.rowcast.streams.explain;

import java.util.Optional;

/// Something that is asked of a partition, and answered between its records.
@FunctionalInterface
interface Question<T> {

    /// Looks for a while, on the stream thread. It changes nothing, keeps nothing of the view beyond the call, and
    /// looks at [PartitionView#SLICE] entries at most.
    ///
    /// @return empty when it wants to go on at the next turn
    Optional<T> look(PartitionView view);
}
