package dev.rowcast.ingest.fault;

import dev.rowcast.schemas.position.Epoch;

/// What an operator does when the log cannot be continued.
public final class WayBack {

    private WayBack() {}

    /// The statement that gives up an epoch. It names the epoch, so it works once, and nobody gives up the next
    /// one by accident.
    public static String newSnapshot(String source, Epoch epoch) {
        return "read docs/how-to/when-the-slot-is-in-trouble.md; to give up what is missing, read all tables again"
                + " and make every client start anew: insert into rowcast.resnapshots (source, epoch)"
                + " values ('%s', '%s');".formatted(source, epoch);
    }
}
