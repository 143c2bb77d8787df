package dev.rowcast.bench.capture;

import org.HdrHistogram.Histogram;

/// Commit → topic of one side, while one process ran; in microseconds.
///
/// @param topic `rows` (Debezium's envelope, both sides) or `changes` (ours only)
/// @param sent how many commits
/// @param got how many of them a reader of committed records saw
/// @param fromCommit from the commit's acknowledgement to the reader
/// @param fromDue from the moment at which the commit should have begun: what a writer was held up is in it too
record Delay(Side side, int block, String topic, long sent, long got, Histogram fromCommit, Histogram fromDue) {

    private static final int DIGITS = 3;

    static Histogram histogram() {
        return new Histogram(DIGITS);
    }
}
