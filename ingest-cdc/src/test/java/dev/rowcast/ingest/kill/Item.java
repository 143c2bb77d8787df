package dev.rowcast.ingest.kill;

/// One record of a log, cut down to what the suite compares. A log is a partition of `rowcast.changes`, or a raw
/// topic.
sealed interface Item {

    /// Whether this, which was seen, is what had to be there.
    boolean is(Item expected);

    /// A row's change.
    ///
    /// @param commitLsn where the transaction's commit ends; 0 in a part that left before it
    record Change(
            String tenant,
            String op,
            String table,
            String key,
            String before,
            String after,
            long lsn,
            long xid,
            long firstLsn,
            long commitLsn,
            int index,
            boolean last)
            implements Item {

        @Override
        public boolean is(Item expected) {
            if (!(expected instanceof Change change)) {
                return false;
            }
            // A part that left before the commit was read; the last change of a partition never does.
            Change part = change.placed(0, change.index(), change.last());
            return equals(change) || (!last && equals(part));
        }

        /// The same change at another place in its transaction.
        Change placed(long lsnOfCommit, int at, boolean isLast) {
            return new Change(tenant, op, table, key, before, after, lsn, xid, firstLsn, lsnOfCommit, at, isLast);
        }
    }

    /// A heartbeat in `rowcast.changes`.
    record Mark(long lsn) implements Item {
        @Override
        public boolean is(Item expected) {
            return equals(expected);
        }
    }

    /// A record of a raw topic.
    ///
    /// @param op as Debezium names it, or `tombstone`
    record Raw(String op, String key, String before, String after, long lsn, long xid) implements Item {
        @Override
        public boolean is(Item expected) {
            return equals(expected);
        }
    }
}
