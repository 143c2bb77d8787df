package dev.rowcast.schemas.position;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// How far a client of a tenant has come: the last offset it has of each partition of `rowcast.changes` that it
/// listens to. A tenant is in one partition unless its catalog splits it.
///
/// @param epoch the log's incarnation
/// @param offsets partition to the last offset that the client has; -1 before the first; 1 to 64 partitions
public record Cursor(Epoch epoch, SortedMap<Integer, Long> offsets) {

    static final int MOST_PARTITIONS = 64;

    public Cursor {
        if (offsets.isEmpty() || offsets.size() > MOST_PARTITIONS) {
            throw new IllegalArgumentException(
                    "a cursor holds 1 to %d partitions, not %d".formatted(MOST_PARTITIONS, offsets.size()));
        }
        offsets.forEach((partition, offset) -> {
            if (partition < 0 || offset < -1) {
                throw new IllegalArgumentException("no such position: %d@%d".formatted(partition, offset));
            }
        });
        offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    }

    /// The cursor of a tenant that is in one partition.
    public static Cursor at(Epoch epoch, int partition, long offset) {
        return new Cursor(epoch, new TreeMap<>(Map.of(partition, offset)));
    }

    /// The last offset of this partition that the client has; empty when it never listened to it.
    public OptionalLong offset(int partition) {
        Long offset = offsets.get(partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
