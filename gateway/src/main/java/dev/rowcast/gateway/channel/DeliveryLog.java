package dev.rowcast.gateway.channel;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// How many subscribers got each of the last transactions, and when. Keeps the last 10,000 transactions; older
/// ones are forgotten. Safe for use by several threads, which come once a turn and not once a subscriber.
public final class DeliveryLog {

    private static final int TRANSACTIONS = 10_000;

    /// What is known of one transaction.
    ///
    /// @param subscribers distinct connections that its frames were written to as it came; those that a replay told
    ///     are not counted
    /// @param firstWrittenUs microseconds from the commit to the first write
    /// @param lastWrittenUs microseconds from the commit to the last write
    public record Entry(int subscribers, long firstWrittenUs, long lastWrittenUs) {
        private Entry with(Entry other) {
            return new Entry(
                    subscribers + other.subscribers,
                    Math.min(firstWrittenUs, other.firstWrittenUs),
                    Math.max(lastWrittenUs, other.lastWrittenUs));
        }
    }

    private final SequencedMap<Long, Entry> entries = new LinkedHashMap<>();

    /// @param subscribers connections that got nothing of it before
    synchronized void written(long xid, int subscribers, long sinceCommitUs) {
        entries.merge(xid, new Entry(subscribers, sinceCommitUs, sinceCommitUs), Entry::with);
        if (entries.size() > TRANSACTIONS) {
            entries.pollFirstEntry();
        }
    }

    /// What is known of the transaction with this 32-bit id.
    public synchronized Optional<Entry> find(long xid) {
        return Optional.ofNullable(entries.get(xid));
    }
}
