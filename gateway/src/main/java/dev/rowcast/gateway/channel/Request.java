package dev.rowcast.gateway.channel;

import java.util.Set;

/// A subscription that waits for the topology's answer. Until then its targets get nothing but the replay.
///
/// @param targets those still wanted; shrinks when the client changes its mind
/// @param start where the client is, or the node
/// @param resume whether the start is older than what the connection has of its other targets, so that their cursors
///     must not reach the client meanwhile
/// @param again whether the connection had these targets before the node's home moved
record Request(
        Connection connection,
        Set<Target> targets,
        boolean rows,
        Start start,
        boolean resume,
        boolean again,
        Answers answers,
        long deadlineNanos) {

    /// The same, whose targets the node has counted already.
    Request repeated() {
        return new Request(connection, targets, rows, start, resume, true, answers, deadlineNanos);
    }
}
