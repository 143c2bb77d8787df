package dev.rowcast.gateway.read;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The connections of the read API. At most eight reads are under way; more wait for two seconds and then
/// fail.
final class Database implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 8;
    private static final long CONNECTION_WITHIN_MS = 2_000;

    private final HikariDataSource pool;

    /// @param meters where the pool of connections is counted, as `hikaricp.connections`
    Database(DatabaseUrl url, MeterRegistry meters) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.jdbcUrl());
        config.setUsername(url.user());
        config.setPassword(url.password());
        config.setReadOnly(true);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setMaximumPoolSize(MOST_CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECTION_WITHIN_MS);
        // The gateway serves streams without the database; only reads need it.
        config.setInitializationFailTimeout(-1);
        config.setPoolName("rowcast-read");
        config.setMetricRegistry(meters);
        this.pool = new HikariDataSource(config);
    }

    /// Something to do in a transaction.
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    /// @throws BadRequestException as the work does
    <T> T read(Work<T> work) throws SQLException {
        return read(Optional.empty(), work);
    }

    /// @param security as whom; empty for what the role may read
    /// @throws RowSecurityOffException when that would show rows that policies hide
    /// @throws BadRequestException as the work does
    <T> T read(Optional<RowSecurity> security, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            // Closing rolls back what is not committed, and nothing here is ever written.
            return work.in(new Transaction(connection, security));
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
