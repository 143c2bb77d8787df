package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.protocol.ErrorCode;

/// What came of a credential.
public sealed interface Outcome {

    /// It is valid.
    record Granted(Identity identity) implements Outcome {}

    /// It is not.
    ///
    /// @param reason for people; never holds a part of the credential
    record Refused(ErrorCode code, String reason) implements Outcome {}
}
