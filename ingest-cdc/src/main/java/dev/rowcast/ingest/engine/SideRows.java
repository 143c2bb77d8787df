package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.Captured.Row;
import java.util.List;

/// Rows that are read from their tables while the log streams, and where they belong between its rows. They are
/// sent as they are given, so whoever gives them answers for a row that is never older than what was sent of the
/// same key. Asked in the order of the log by one thread: be quick.
public interface SideRows {

    /// There are none.
    SideRows NONE = new SideRows() {
        @Override
        public List<Row> before(Row row) {
            return List.of();
        }

        @Override
        public List<Row> after(long commitLsn) {
            return List.of();
        }

        @Override
        public void published(long commitLsn) {}
    };

    /// A row of the log comes next.
    ///
    /// @return what must stand before it, and before everything of its transaction that has not left yet
    List<Row> before(Row row);

    /// A transaction of the log is complete.
    ///
    /// @param commitLsn its end
    /// @return what stands right behind it
    List<Row> after(long commitLsn);

    /// Everything up to the end of this transaction is published, and was seen by readers before.
    void published(long commitLsn);
}
