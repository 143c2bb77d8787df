package dev.rowcast.schemas.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A message from a gateway. What surrounds it (correlation id, transaction, cursor) is in [Envelope].
///
/// Timestamps have millisecond precision on the wire, so the records cut them to it.
public sealed interface ServerMessage {

    /// The value of the member `type` on the wire, which is also the event name in an event stream.
    String type();

    /// The first message of a connection, and the answer to [ClientMessage.Hello].
    ///
    /// @param protocol [ProtocolCodec#NAME]
    /// @param heartbeat how often the gateway says something; a client that hears nothing twice as long
    ///     reconnects
    record Welcome(String connectionId, String protocol, Duration heartbeat) implements ServerMessage {
        static final String TYPE = "WELCOME";

        public Welcome {
            heartbeat = Checks.millis("heartbeatMs", heartbeat);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// The subscriptions are in effect: everything committed after the envelope's cursor arrives.
    ///
    /// @param count how many entities and channels this request subscribed
    /// @param filter the request's, in its canonical form, as the targets of other messages have it
    /// @param rejected the others; absent and forbidden look the same
    record Subscribed(int count, Optional<String> filter, List<Rejection> rejected) implements ServerMessage {
        static final String TYPE = "SUBSCRIBED";

        public Subscribed {
            Checks.counter("count", count);
            rejected = List.copyOf(rejected);
        }

        @Override
        public String type() {
            return TYPE;
        }

        /// One target that was not subscribed.
        ///
        /// @param target a channel, `vault:42` or with a filter `vault:42?status=eq.open`, or an entity,
        ///     `source:77`
        public record Rejection(String target, ErrorCode code) {}
    }

    /// Entities changed; refetch what is shown. Carries no row data.
    ///
    /// @param coalesced whether this stands for all that happened to the entities in a longer time that the client
    ///     missed; the timestamp is the last one's
    record Invalidate(String entityCode, List<EntityChange> changes, Instant timestamp, boolean coalesced)
            implements ServerMessage {
        static final String TYPE = "INVALIDATE";

        /// What happened once.
        public Invalidate(String entityCode, List<EntityChange> changes, Instant timestamp) {
            this(entityCode, changes, timestamp, false);
        }

        public Invalidate {
            changes = List.copyOf(changes);
            timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public String type() {
            return TYPE;
        }

        /// One entity that changed.
        ///
        /// @param version of the entity, from 0 to 2^53 - 1; clients skip what is not above their last one;
        ///     empty where the row itself did not change, which is never skipped
        public record EntityChange(String entityId, Action action, OptionalLong version) {
            public EntityChange {
                version.ifPresent(number -> Checks.counter("version", number));
            }
        }

        /// What happened to the entity, as this audience sees it.
        public enum Action {
            CREATE,
            UPDATE,
            DELETE
        }
    }

    /// One row change with the columns that the catalog delivers.
    ///
    /// @param table schema and table, `public.sources`
    /// @param entityId empty only for [EventType#TRUNCATE], which concerns every row
    /// @param version as in [Invalidate.EntityChange]
    /// @param lsn the same as text, `0/16B3748`
    /// @param newRow the row after the change
    /// @param oldRow the row before it, as far as the replica identity has it
    /// @param unchanged delivered columns whose large value the change did not touch, so `newRow` lacks them
    record Change(
            String table,
            EventType eventType,
            String entityCode,
            Optional<String> entityId,
            long version,
            String lsn,
            Optional<RowImage> newRow,
            Optional<RowImage> oldRow,
            List<String> unchanged,
            Instant timestamp)
            implements ServerMessage {
        static final String TYPE = "CHANGE";

        public Change {
            Checks.counter("version", version);
            unchanged = List.copyOf(unchanged);
            timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public String type() {
            return TYPE;
        }

        /// The statement's kind.
        public enum EventType {
            INSERT,
            UPDATE,
            DELETE,
            TRUNCATE
        }
    }

    /// An application event, from an event table of the catalog or published over HTTP.
    ///
    /// @param event `content.published` and the like
    /// @param siteId the tenant
    /// @param collection with `slug` and `itemId` says which content; an application's own events may lack them
    /// @param metadata a JSON object
    record Content(
            String event,
            String siteId,
            Optional<String> collection,
            Optional<String> slug,
            Optional<String> itemId,
            Instant timestamp,
            JsonFragment metadata)
            implements ServerMessage {
        static final String TYPE = "CONTENT";

        public Content {
            timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// The answer to [ClientMessage.Ping].
    record Pong() implements ServerMessage {
        static final String TYPE = "PONG";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// The connection closes with [CloseCode#TOKEN_EXPIRED] unless [ClientMessage.TokenRefresh] comes first.
    ///
    /// @param expiresIn whole seconds
    record TokenExpiringSoon(Duration expiresIn) implements ServerMessage {
        static final String TYPE = "TOKEN_EXPIRING_SOON";

        public TokenExpiringSoon {
            expiresIn = Checks.seconds("expiresIn", expiresIn);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// A request failed; the connection stays unless a close follows.
    ///
    /// @param message for people: the thing, the value and the fix
    /// @param code for programs
    /// @param retryAfter when to try again, where waiting helps
    record Error(String message, ErrorCode code, Optional<Duration> retryAfter) implements ServerMessage {
        static final String TYPE = "ERROR";

        public Error {
            retryAfter = retryAfter.map(value -> Checks.millis("retryAfterMs", value));
        }

        public Error(String message, ErrorCode code) {
            this(message, code, Optional.empty());
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Everything up to the envelope's cursor was delivered. Comes also when nothing changes, so silence means
    /// trouble.
    ///
    /// @param lsn the last commit seen
    /// @param lag how far the pipeline is behind the database
    record Progress(String lsn, Duration lag) implements ServerMessage {
        static final String TYPE = "PROGRESS";

        public Progress {
            lag = Checks.millis("lagMs", lag);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Who else listens to a channel, for subscriptions that asked for it. It has no place in the order of changes: no
    /// cursor, and nothing of it is sent later.
    ///
    /// @param count how many principals are subscribed now
    /// @param full whether `joined` lists everybody there is, so that what was known before is forgotten. It lists
    ///     nobody where only the count may be known, or where there are too many
    /// @param joined ids of the users who came since the last message of this channel; keys are counted, not named
    /// @param left ids of the users who went
    record Presence(String channel, int count, boolean full, List<String> joined, List<String> left)
            implements ServerMessage {
        static final String TYPE = "PRESENCE";

        public Presence {
            Checks.counter("count", count);
            joined = List.copyOf(joined);
            left = List.copyOf(left);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// What another client of the channel told the others. It has no place in the order of changes: no cursor, and
    /// nothing of it is sent later.
    ///
    /// @param from the user who sent it; empty when it was an API key
    record Broadcast(String channel, Optional<String> from, JsonFragment data) implements ServerMessage {
        static final String TYPE = "BROADCAST";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Access to the targets ended; nothing committed later arrives for them.
    record Revoked(List<String> targets, Revoked.Reason reason) implements ServerMessage {
        static final String TYPE = "REVOKED";

        public Revoked {
            targets = List.copyOf(targets);
        }

        @Override
        public String type() {
            return TYPE;
        }

        /// Why access ended.
        public enum Reason {
            /// The row that let the principal in is gone.
            MEMBERSHIP,
            /// The key or token no longer covers the targets.
            CREDENTIAL
        }
    }

    /// The gateway cannot continue from where the client is: refetch, then go on from the envelope's cursor.
    ///
    /// @param targets what to refetch; empty means everything subscribed
    record Reset(Reset.Reason reason, List<String> targets) implements ServerMessage {
        static final String TYPE = "RESET";

        public Reset {
            targets = List.copyOf(targets);
        }

        @Override
        public String type() {
            return TYPE;
        }

        /// Why the client's state cannot be continued.
        public enum Reason {
            /// The log no longer reaches back to the cursor.
            TRIMMED,
            /// The cursor belongs to another incarnation of the log.
            EPOCH,
            /// The cursor was given while the client did not have these targets.
            LAPSED,
            /// The table's columns changed so that old and new rows do not compare.
            SCHEMA,
            /// The table was emptied (`TRUNCATE`), which cannot be told row by row.
            TRUNCATED,
            /// The connection was too slow and changes were dropped.
            OVERFLOW,
            /// The cursor is not one of ours, or was made for another tenant.
            CURSOR
        }
    }

    /// The answer to [ClientMessage.Wait]: everything committed up to `lsn` was delivered.
    record Reached(String lsn) implements ServerMessage {
        static final String TYPE = "REACHED";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// The gateway is about to close the connection.
    ///
    /// @param reason the close code that follows
    /// @param retryAfter when to connect again; spread over the clients so that they do not return at once
    record Goaway(CloseCode reason, Duration retryAfter) implements ServerMessage {
        static final String TYPE = "GOAWAY";

        public Goaway {
            retryAfter = Checks.millis("retryAfterMs", retryAfter);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
