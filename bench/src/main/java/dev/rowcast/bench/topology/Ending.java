package dev.rowcast.bench.topology;

import java.time.Duration;

/// How a process ends, and what there is to take over.
enum Ending {
    RESTARTED("restarted, the only one", 1, 0, 6_000, false, true),
    RESTARTED_OF_TWO("restarted, one of two with standbys", 2, 1, 6_000, false, true),
    KILLED("killed and started again, the only one", 1, 0, 6_000, true, true),
    KILLED_OF_TWO("killed, one of two", 2, 0, 6_000, true, false),
    KILLED_WITH_STANDBY("killed, one of two with standbys", 2, 1, 6_000, true, false),
    KILLED_WITH_STANDBY_SOON("killed, one of two with standbys", 2, 1, 1_500, true, false);

    private final String title;
    private final int processes;
    private final int standbys;
    private final int sessionMs;
    private final boolean killed;
    private final boolean startedAgain;

    Ending(String title, int processes, int standbys, int sessionMs, boolean killed, boolean startedAgain) {
        this.title = title;
        this.processes = processes;
        this.standbys = standbys;
        this.sessionMs = sessionMs;
        this.killed = killed;
        this.startedAgain = startedAgain;
    }

    String title() {
        return title;
    }

    int processes() {
        return processes;
    }

    int standbys() {
        return standbys;
    }

    Duration session() {
        return Duration.ofMillis(sessionMs);
    }

    /// With -9, or else asked to end.
    boolean killed() {
        return killed;
    }

    boolean startedAgain() {
        return startedAgain;
    }
}
