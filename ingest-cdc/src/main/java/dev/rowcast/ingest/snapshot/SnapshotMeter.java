package dev.rowcast.ingest.snapshot;

import dev.rowcast.schemas.catalog.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;

/// How far a first snapshot is, for people: rows read against a rough count made before. For one thread.
public final class SnapshotMeter {

    private final long expected;
    private long firstRowAt;
    private long rows;

    private SnapshotMeter(long expected) {
        this.expected = expected;
    }

    /// Counts the tables: small ones exactly, large ones by the planner's estimate.
    public static SnapshotMeter of(Connection connection, Collection<TableName> tables) throws SQLException {
        long expected = 0;
        for (TableName table : tables) {
            expected += RowCounts.of(connection, table);
        }
        return new SnapshotMeter(expected);
    }

    /// Counts a row.
    ///
    /// @return rows read so far, this one included
    public long row() {
        if (rows == 0) {
            firstRowAt = System.nanoTime();
        }
        return ++rows;
    }

    /// @param table the one that is being read
    public SnapshotProgress progress(String table) {
        return SnapshotProgress.of(table, rows, expected, rows, Duration.ofNanos(System.nanoTime() - firstRowAt));
    }
}
