package dev.rowcast.schemas.protocol;

import java.util.Optional;
import java.util.OptionalLong;

/// A server's message with what surrounds it.
///
/// @param id the correlation text of the client's message that this answers
/// @param tx the transaction that the changes belong to
/// @param xid its number in Postgres, the lower 32 bits: what is read because of the message must have seen it
/// @param cursor where a client resumes that has processed everything up to here; only where resuming is safe, which
///     is at the end of a transaction
public record Envelope(
        ServerMessage message, Optional<String> id, Optional<String> tx, OptionalLong xid, Optional<String> cursor) {

    /// The message alone.
    public static Envelope of(ServerMessage message) {
        return answering(Optional.empty(), message);
    }

    /// The message as the answer to a client's message.
    public static Envelope answering(Optional<String> id, ServerMessage message) {
        return new Envelope(message, id, Optional.empty(), OptionalLong.empty(), Optional.empty());
    }

    public Envelope withCursor(String value) {
        return new Envelope(message, id, tx, xid, Optional.of(value));
    }
}
