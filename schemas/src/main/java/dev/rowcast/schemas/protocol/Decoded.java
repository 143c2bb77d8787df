package dev.rowcast.schemas.protocol;

import java.util.Optional;

/// What came of decoding a text: the message, or why there is none.
///
/// @param <M> [ClientMessage] at a gateway, [Envelope] at a client
public sealed interface Decoded<M> {

    /// It is a message.
    record Ok<M>(M message) implements Decoded<M> {}

    /// It is refused.
    ///
    /// @param message for people: the member, its value (shortened, never a token) and the fix
    /// @param id the correlation text, when at least that could be read
    record Failed<M>(ErrorCode code, String message, Optional<String> id) implements Decoded<M> {

        /// The `ERROR` to send back.
        public Envelope answer() {
            return Envelope.answering(id, new ServerMessage.Error(message, code));
        }
    }
}
