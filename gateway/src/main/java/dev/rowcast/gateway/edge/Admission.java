package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.protocol.ErrorCode;

/// What became of a request at the [Entrance].
public sealed interface Admission {

    /// It may come in.
    record Admitted(Identity identity) implements Admission {}

    /// There is no room for it now; nothing else of it was looked at.
    record Full(ErrorCode code) implements Admission {}

    /// Its credential does not let it in.
    ///
    /// @param reason for people; never holds a part of the credential
    record Refused(ErrorCode code, String reason) implements Admission {}
}
