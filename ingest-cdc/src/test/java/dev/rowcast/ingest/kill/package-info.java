/// The kill suite: whatever is killed, crashed, stopped or paused under writers, the topics are the commit history.
/// Begin at `KillSuiteTest`, then `KillRound` and `HistoryCheck`.
@NullMarked
package dev.rowcast.ingest.kill;

import org.jspecify.annotations.NullMarked;
