package dev.rowcast.ingest.kill;

import java.time.Duration;

/// What happens in one round.
///
/// @param snapshotKills `kill -9` during the first snapshot
/// @param kills `kill -9` afterwards
/// @param crashes of Postgres
/// @param outages of the broker
/// @param shortest outage
/// @param longest outage
/// @param pauses SIGSTOP of ingest until the server gave it up
record Plan(int snapshotKills, int kills, int crashes, int outages, Duration shortest, Duration longest, int pauses) {

    /// About two and a half minutes.
    static final Plan SHORT = new Plan(2, 6, 2, 2, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);

    /// Ten of them make the long run.
    static final Plan LONG = new Plan(2, 8, 2, 2, Duration.ofSeconds(5), Duration.ofSeconds(60), 2);

    /// All kills of a round.
    int allKills() {
        return snapshotKills + kills;
    }
}
