package dev.rowcast.schemas.protocol;

import dev.rowcast.schemas.filter.Filter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A message from a client. Each may carry the client's own correlation `id`, which the answer repeats.
///
/// The texts inside have passed [ProtocolLimits] when the message came from [ProtocolCodec#decode(byte[])].
public sealed interface ClientMessage {

    /// The client's correlation text, at most 64 characters.
    Optional<String> id();

    /// The value of the member `type` on the wire.
    String type();

    /// How much of a change the client wants.
    enum Mode {
        /// `keys`: which entity changed, nothing of its row. The default.
        KEYS("keys"),
        /// `rows`: the delivered columns of the row too, where the catalog delivers any.
        ROWS("rows");

        private final String wire;

        Mode(String wire) {
            this.wire = wire;
        }

        /// The text on the wire and in the query parameter `mode`.
        public String wire() {
            return wire;
        }

        /// The mode of this name, empty when there is none.
        public static Optional<Mode> of(String wire) {
            for (Mode mode : values()) {
                if (mode.wire.equals(wire)) {
                    return Optional.of(mode);
                }
            }
            return Optional.empty();
        }
    }

    /// Asks for entities by id, for channels, or for both.
    ///
    /// @param entityCode the kind of the entities; present exactly when entities are asked for
    /// @param entityIds the entities; may be empty, which subscribes to nothing and is answered with `count` 0
    /// @param channels channels as `type:id`
    /// @param filter narrows the channels, not the entities; the same channel with another filter is another
    ///     subscription
    /// @param cursor where to resume; empty starts at the gateway's present position
    /// @param presence whether to be told who else is there, in channels whose catalog entry allows it
    record Subscribe(
            Optional<String> id,
            Optional<String> entityCode,
            List<String> entityIds,
            List<String> channels,
            Optional<Filter> filter,
            Optional<String> cursor,
            Mode mode,
            boolean presence)
            implements ClientMessage {
        static final String TYPE = "SUBSCRIBE";

        public Subscribe {
            entityIds = List.copyOf(entityIds);
            channels = List.copyOf(channels);
            Checks.that(entityCode.isPresent() || entityIds.isEmpty(), "entityIds need an entityCode");
            Checks.that(entityCode.isPresent() || !channels.isEmpty(), "a subscription names entities or channels");
            Checks.that(filter.isEmpty() || !channels.isEmpty(), "a filter needs channels");
            Checks.that(!presence || !channels.isEmpty(), "presence needs channels");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Ends subscriptions.
    ///
    /// @param entityIds empty means every entity of `entityCode`
    /// @param filter with which the channels were subscribed; empty ends the subscriptions without one
    record Unsubscribe(
            Optional<String> id,
            Optional<String> entityCode,
            Optional<List<String>> entityIds,
            List<String> channels,
            Optional<Filter> filter)
            implements ClientMessage {
        static final String TYPE = "UNSUBSCRIBE";

        public Unsubscribe {
            entityIds = entityIds.map(List::copyOf);
            channels = List.copyOf(channels);
            Checks.that(entityCode.isPresent() || entityIds.isEmpty(), "entityIds need an entityCode");
            Checks.that(entityCode.isPresent() || !channels.isEmpty(), "an unsubscription names entities or channels");
            Checks.that(filter.isEmpty() || !channels.isEmpty(), "a filter needs channels");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Ends every subscription of the connection.
    record UnsubscribeAll(Optional<String> id) implements ClientMessage {
        static final String TYPE = "UNSUBSCRIBE_ALL";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Asks for a [ServerMessage.Pong].
    record Ping(Optional<String> id) implements ClientMessage {
        static final String TYPE = "PING";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Replaces the connection's token before it expires; the subject must stay the same.
    record TokenRefresh(Optional<String> id, String token) implements ClientMessage {
        static final String TYPE = "TOKEN_REFRESH";

        @Override
        public String type() {
            return TYPE;
        }

        /// Leaves the token out: messages are logged, tokens never.
        @Override
        public String toString() {
            return "TokenRefresh[id=" + id + "]";
        }
    }

    /// Introduces the client. Optional; answered by [ServerMessage.Welcome].
    ///
    /// @param cursor where subscriptions start that bring no cursor of their own
    /// @param client name and version of the client, for the operator's logs
    record Hello(Optional<String> id, Optional<String> cursor, Optional<String> client) implements ClientMessage {
        static final String TYPE = "HELLO";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Tells the others of a channel something that nothing keeps: who is not there now never gets it.
    ///
    /// @param channel one that this connection is subscribed to, as `type:id`
    /// @param data anything but `null`
    record Broadcast(Optional<String> id, String channel, JsonFragment data) implements ClientMessage {
        static final String TYPE = "BROADCAST";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Asks to be told when everything committed up to `lsn` was delivered: read your own writes.
    ///
    /// @param timeout whole milliseconds; after it the answer is [ErrorCode#WAIT_TIMEOUT]
    record Wait(Optional<String> id, String lsn, Duration timeout) implements ClientMessage {
        static final String TYPE = "WAIT";

        public Wait {
            timeout = Checks.millis("timeoutMs", timeout);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
