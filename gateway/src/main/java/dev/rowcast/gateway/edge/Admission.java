package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Duration;

/// What became of a request at the [Entrance].
public sealed interface Admission {

    /// It may come in.
    record Admitted(Identity identity) implements Admission {}

    /// There is no room for it now.
    ///
    /// @param retryAfter when to come back; each is told a time of its own
    record Full(ErrorCode code, Duration retryAfter) implements Admission {}

    /// Its credential, the page that made it, or how often it comes does not let it in.
    ///
    /// @param reason for people; never holds a part of the credential
    record Refused(ErrorCode code, String reason) implements Admission {}
}
