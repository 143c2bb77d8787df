package dev.rowcast.ingest.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a slot stands, and where that leads.
///
/// @param state as the database showed it last
/// @param confirmedAt when the confirmed position was last seen to move, by our clock
/// @param timeLeft until the log that the slot needs may be removed, when it goes on as in the last minute; empty
///     while the retained log does not grow, and without a limit
public record SlotReport(SlotState state, Instant confirmedAt, Optional<Duration> timeLeft) {

    private static final Duration SOON = Duration.ofHours(1);

    /// Whether somebody should act now.
    public boolean critical() {
        return state.lost()
                || state.status().equals("unreserved")
                || timeLeft.filter(left -> left.compareTo(SOON) < 0).isPresent();
    }
}
