package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a publisher is told.
sealed interface Answer {

    /// All of it stands in the inbox.
    ///
    /// @param ids of the events, in the order of the request
    record Queued(String jobId, List<String> ids) implements Answer {}

    /// It was not taken, or it is not known whether all of it was.
    ///
    /// @param retryAfter when to try again, where it is known better than by the code
    record Refused(ErrorCode code, String reason, List<Fault> faults, Optional<Duration> retryAfter) implements Answer {

        Refused(ErrorCode code, String reason) {
            this(code, reason, List.of(), Optional.empty());
        }
    }
}
