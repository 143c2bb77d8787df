package dev.rowcast.gateway.feed;

import java.time.Duration;

/// The partition of `rowcast.changes` from which no progress came for longest.
///
/// @param age since its last progress
public record Slowest(int partition, Duration age) {

    double seconds() {
        return age.toNanos() / 1e9;
    }
}
