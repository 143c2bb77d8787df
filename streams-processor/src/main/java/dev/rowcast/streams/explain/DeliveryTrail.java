package dev.rowcast.streams.explain;

import java.util.List;

/// `rowcast.deliveries`, for who wants to know what gateway nodes were told. Safe for use by several threads.
@FunctionalInterface
public interface DeliveryTrail {

    /// Nobody can read it.
    DeliveryTrail NONE = (partition, epoch, offset, sinceMs) -> new Looked(0, 0, false, List.of());

    /// What was told of the change at this place, as far as a bounded reading finds it.
    ///
    /// @param partition of `rowcast.changes`
    /// @param offset in that
    /// @param sinceMs when the change was written, milliseconds since 1970: what was told of it is not older
    /// @throws RuntimeException when the log cannot be reached
    Looked look(int partition, long epoch, long offset, long sinceMs);

    /// @param records how many were read
    /// @param untilMs everything up to this time was read, milliseconds since 1970
    /// @param fromTheChangeOn whether the log still has everything since the change
    record Looked(long records, long untilMs, boolean fromTheChangeOn, List<Sighting> found) {
        public Looked {
            found = List.copyOf(found);
        }
    }

    /// A frame of the change in a delivery.
    ///
    /// @param home the partition of `rowcast.deliveries`
    /// @param offset in that
    /// @param replay whether it answered one who resumed
    /// @param targets channels, channels with their filters, and the entity
    /// @param principals entity subscribers, as `user:alice`
    record Sighting(
            String node,
            int home,
            long offset,
            boolean replay,
            List<String> targets,
            List<String> principals,
            long matchedUs) {}
}
