package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;
import java.util.Set;

/// A subscription that waits for the topology's answer. Until then its targets get nothing but the replay.
///
/// @param number the node's, which the answer carries, unless several requests went together
/// @param part of the tenant that is asked
/// @param targets those still wanted; shrinks when the client changes its mind
/// @param start where the client is, or the node; a replay moves it on
/// @param had what it had of the replay when it was asked for again, which can be further than its start
/// @param resume whether the start is older than what the connection has of its other targets, so that their cursors
///     must not reach the client meanwhile
/// @param again whether the node has counted these targets for this connection already
record Request(
        long number,
        TenantId part,
        Connection connection,
        Set<Target> targets,
        Wish wish,
        Start start,
        Optional<Replayed> had,
        boolean resume,
        boolean again,
        Told told,
        Answers answers,
        Deadline deadline) {

    /// The same, after this much of the replay.
    Request from(Start reached) {
        return new Request(
                number, part, connection, targets, wish, reached, had, resume, again, told, answers, deadline);
    }

    /// The same, with what is known of it now.
    Request with(Told known) {
        return new Request(
                number, part, connection, targets, wish, start, had, resume, again, known, answers, deadline);
    }

    /// The same, after the topology said something of it.
    Request heard(Deadline later) {
        return new Request(number, part, connection, targets, wish, start, had, resume, again, told, answers, later);
    }

    /// The same under a new number, which alone is answered.
    Request repeated(long newNumber) {
        return new Request(
                newNumber,
                part,
                connection,
                targets,
                wish,
                start,
                replayed(),
                resume,
                true,
                Told.NOTHING,
                answers,
                deadline);
    }

    /// Whether it had what happened there before it was asked for again, or needs none of it.
    boolean has(Epoch epoch, long offset) {
        return start.has(epoch, offset)
                || had.filter(there -> there.upTo().has(epoch, offset)).isPresent();
    }

    /// What came of the past, under this number or those before.
    Optional<Replayed> replayed() {
        return told.replayed().or(() -> had);
    }
}
