package dev.rowcast.streams.explain;

/// How it went, in one sentence.
///
/// @param code part of the interface
/// @param sentence for people
/// @param evidence what the verdict rests on, and what it does not know
public record Verdict(Code code, Delivered delivered, String sentence, String evidence) {

    /// Whether it reached who was asked for.
    public enum Delivered {
        YES,
        NO,
        /// Nothing that is kept says it.
        UNKNOWN
    }

    /// Why. Of several channels the one that comes first here counts.
    public enum Code {
        /// It was told to a node where the principal is subscribed, or somebody is.
        DELIVERED,
        /// It was told to a node for whoever listens there; which of them is the principal, only the gateway knows.
        DELIVERED_TO_NODE,
        /// What would say it is kept no more.
        UNKNOWN,
        /// The rows before and after do not pass the subscription's filter.
        FILTERED_OUT,
        /// The subscription starts at or after the change.
        SUBSCRIBED_LATER,
        /// There is no subscription.
        NOT_SUBSCRIBED,
        /// The membership ended before the change.
        REVOKED_BEFORE,
        /// The membership began after the change.
        GRANTED_LATER,
        /// The API key was revoked or deleted.
        KEY_ENDED,
        /// There is no membership.
        NOT_GRANTED,
        /// The catalog does not open the channel to such principals.
        NOT_OPEN,
        /// Nobody is subscribed to what it concerns.
        NOBODY_SUBSCRIBED,
        /// The row is in no channel.
        NO_CHANNEL,
        /// The catalog's tables do not name the table.
        NOT_IN_CATALOG,
        /// Rows that a snapshot or a backfill read are told to nobody.
        SNAPSHOT_ROW,
        /// Updates and deletes of events and of insert-only tables are told to nobody.
        INSERT_ONLY,
        /// Whoever watches it was told to refetch instead.
        RESET_INSTEAD,
        /// It could not be understood, and whoever watches the tenant was told to refetch.
        DEAD_LETTERED,
        /// It waits for the end of its transaction.
        WAITS_FOR_TRANSACTION,
        /// The topology has not come that far.
        NOT_PROCESSED_YET
    }
}
