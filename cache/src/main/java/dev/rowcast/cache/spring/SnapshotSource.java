package dev.rowcast.cache.spring;

import dev.rowcast.cache.Snapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.ResourceHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Which transactions a method can see at least that is called now, outside of any transaction.
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

    /// Whether what a method reads now is nobody else's business. A transaction may see what is never
    /// committed, or only what was there when it began, which nobody knows here; and a session that is open
    /// around the method, as JPA's is while a web request lasts, answers with what it read before. What the
    /// method begins itself does not matter: it is younger than the snapshot.
    static boolean isWithinAnother() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                || TransactionSynchronizationManager.getResourceMap().values().stream()
                        .anyMatch(ResourceHolder.class::isInstance);
    }
}
