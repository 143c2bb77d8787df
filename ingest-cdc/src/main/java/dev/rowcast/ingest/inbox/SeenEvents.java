package dev.rowcast.ingest.inbox;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// The ids of the latest events, by which one that was published twice is known. Whether one is a repetition depends on
/// nothing but the inbox itself, so every instance finds the same after reading the last [#WINDOW] events again. For
/// one thread.
final class SeenEvents {

    /// How many offsets of a partition an id is remembered.
    static final int WINDOW = 10_000;

    /// By partition: a digest of tenant and id to the latest offset, oldest first. About 100 bytes an event.
    private final Map<Integer, LinkedHashMap<UUID, Long>> offsets = new HashMap<>();

    /// Notes an event.
    ///
    /// @return whether the tenant had an event of this id within the window
    boolean repeats(int partition, long offset, String tenant, String id) {
        LinkedHashMap<UUID, Long> seen = offsets.computeIfAbsent(partition, unseen -> new LinkedHashMap<>());
        Iterator<Long> oldest = seen.values().iterator();
        while (oldest.hasNext() && oldest.next() < offset - WINDOW) {
            oldest.remove();
        }
        // Neither a tenant nor an id holds a line break.
        UUID key = UUID.nameUUIDFromBytes((tenant + '\n' + id).getBytes(StandardCharsets.UTF_8));
        boolean repeated = seen.remove(key) != null;
        seen.put(key, offset);
        return repeated;
    }
}
