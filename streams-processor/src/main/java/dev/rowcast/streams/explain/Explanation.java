package dev.rowcast.streams.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why an event did or did not reach somebody, step by step. Keys and names of channels and principals, and no other
/// value of a row. Times are ISO 8601.
///
/// @param channels whom it concerns, at most [#MOST_CHANNELS]
/// @param principal absent when nobody was asked for
/// @param notes what is not known, or was left out
public record Explanation(
        Event event,
        Place topology,
        List<Channel> channels,
        @Nullable Principal principal,
        Deliveries deliveries,
        Verdict verdict,
        List<String> notes) {

    static final int MOST_CHANNELS = 200;

    /// Which record it is.
    ///
    /// @param table absent in what an application published, and in what cannot be read
    /// @param index its place in its transaction
    public record Event(
            String id,
            @Nullable String tenant,
            int partition,
            long offset,
            @Nullable String table,
            @Nullable String key,
            @Nullable String operation,
            @Nullable String transaction,
            @Nullable Integer index,
            @Nullable String committedAt,
            String writtenAt,
            int recordsRead) {}

    /// Where the partition's topology is.
    ///
    /// @param position the last record that was processed
    /// @param told up to where nodes have everything
    public record Place(long position, long told, List<String> nodes) {}

    /// A channel or an entity that it concerns.
    ///
    /// @param name `vault:1`, or `entity source:77`
    /// @param of the row that is in it: the changed one, or a child that its parent took along
    /// @param means what happened there: `CREATE`, `UPDATE` or `DELETE`
    /// @param through the parent's row, where the channel follows from it
    /// @param more whether there are further subscriptions
    public record Channel(
            String name,
            String of,
            @Nullable String means,
            @Nullable String access,
            @Nullable String through,
            List<Subscription> subscriptions,
            boolean more) {}

    /// @param principal absent where a node has one subscription for all its listeners
    /// @param startsAfter the offset after which it is told what comes
    /// @param startsBeforeTheChange whether that is before the change
    /// @param passesFilter absent without a filter
    /// @param granted of its principal as of the change: as [PartitionView.Grant]
    /// @param nodeAttached whether the node has a lease
    public record Subscription(
            String node,
            boolean nodeAttached,
            @Nullable String principal,
            @Nullable String filter,
            long startsAfter,
            boolean startsBeforeTheChange,
            @Nullable Boolean passesFilter,
            String granted,
            boolean told) {}

    /// @param keyEnded whether it is an API key that was revoked or deleted
    public record Principal(String principal, boolean keyEnded, List<Access> channels) {}

    /// What a principal may see of a channel.
    ///
    /// @param atTheChange as [PartitionView.Grant]
    /// @param verdict of this channel alone
    public record Access(
            String channel,
            String atTheChange,
            @Nullable String roleAtTheChange,
            String now,
            @Nullable String roleNow,
            List<Membership> memberships,
            Verdict.Code verdict) {}

    /// @param row its key in the members table
    /// @param sinceOffset absent when it began in an earlier incarnation of the log
    /// @param since absent when the log does not have that record any more
    public record Membership(
            String row,
            @Nullable String role,
            @Nullable Long sinceOffset,
            @Nullable String since,
            @Nullable Long untilOffset,
            @Nullable String until) {}

    /// What `rowcast.deliveries` says.
    ///
    /// @param complete whether it still has everything since the change; what it has not is not known
    public record Deliveries(
            long recordsRead, boolean complete, @Nullable String readUntil, List<Delivery> found) {}

    /// @param replay whether it answered one who resumed
    public record Delivery(
            String node,
            int partition,
            long offset,
            boolean replay,
            List<String> targets,
            List<String> principals,
            String matchedAt) {}
}
