package dev.rowcast.cache.spring;

import dev.rowcast.cache.Snapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Which transactions a method can see that is called now. Inside a transaction it is that transaction's snapshot, on
/// its
/// own connection, so it is never newer than what the method reads.
final class SnapshotSource {

    private final DataSource primary;

    /// @param primary what the methods read, too
    SnapshotSource(DataSource primary) {
        this.primary = primary;
    }

    Snapshot now() throws SQLException {
        Connection connection = DataSourceUtils.getConnection(primary);
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select pg_current_snapshot()::text")) {
            if (!result.next()) {
                throw new CannotGetJdbcConnectionException("the database has no snapshot");
            }
            return Snapshot.parse(result.getString(1));
        } finally {
            DataSourceUtils.releaseConnection(connection, primary);
        }
    }

    /// Whether what is read now may never be committed: it is nobody else's business.
    static boolean isWriting() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    }
}
