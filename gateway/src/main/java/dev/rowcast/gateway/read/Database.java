package dev.rowcast.gateway.read;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.Breakers;
import dev.rowcast.schemas.tenant.TenantId;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The connections of the read API. At most eight reads are under way, six of one tenant; more wait for two seconds and
/// then fail. A statement has five seconds and the server one more to say so, so a read ends whatever becomes of the
/// server: killed, standing still, or behind a network that swallows everything. When half of the latest reads failed
/// so, the next are refused at once, and after a second one is tried again. What takes too long by itself says nothing
/// about the server, nor does finding all connections in use.
///
/// Threads must not be interrupted while they read: the driver then gives its connection up, and the server goes on
/// with a statement that nobody counts any more.
final class Database implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 8;
    private static final int MOST_OF_TENANT = 6;
    private static final Duration CONNECTION_WITHIN = Duration.ofSeconds(2);
    /// A connection that was not used lately is asked whether it is alive.
    private static final Duration ALIVE_WITHIN = Duration.ofSeconds(1);
    /// Later than a statement's own time, so that this is met only when the server says nothing any more.
    private static final Duration SILENT_AT_MOST = Transaction.STATEMENT.plusSeconds(1);
    private static final Duration OPEN_FOR = Duration.ofSeconds(1);
    private static final int CALLS = 10;

    /// The statement took longer than it may.
    private static final String CANCELLED = "57014";

    /// Classes of PostgreSQL's error codes that tell of a server which cannot serve: connection, resources,
    /// operator (a statement's timeout and a shutdown are of it), system, internal; a refused login or database.
    private static final Set<String> AWAY = Set.of("08", "53", "57", "58", "XX", "28", "3D");

    private final HikariDataSource pool;
    private final CircuitBreaker breaker = Breakers.of(
            new Breakers.Rule("postgres", CALLS, OPEN_FOR, CONNECTION_WITHIN.plus(SILENT_AT_MOST), Database::isDown));
    private final Shares shares = new Shares(MOST_OF_TENANT, CONNECTION_WITHIN);

    /// @param meters where the pool of connections is counted, as `hikaricp.connections`, and the breaker shown
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
        config.setConnectionTimeout(CONNECTION_WITHIN.toMillis());
        config.setValidationTimeout(ALIVE_WITHIN.toMillis());
        config.addDataSourceProperty("connectTimeout", seconds(CONNECTION_WITHIN));
        config.addDataSourceProperty("socketTimeout", seconds(SILENT_AT_MOST));
        // One thread cancels for all connections: a server that stands still must not hold it up.
        config.addDataSourceProperty("cancelSignalTimeout", seconds(ALIVE_WITHIN));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // The gateway serves streams without the database; only reads need it.
        config.setInitializationFailTimeout(-1);
        config.setPoolName("rowcast-read");
        config.setMetricRegistry(meters);
        this.pool = new HikariDataSource(config);
        BreakerMetrics.bind(meters, "gateway", breaker);
    }

    /// The driver passes over what is no text.
    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }

    /// Something to do in a transaction.
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    /// For the gateway itself.
    ///
    /// @throws DatabaseRefusedException at once, while the breaker is open
    /// @throws BadRequestException as the work does
    <T> T read(Work<T> work) throws SQLException {
        return guarded(Optional.empty(), work);
    }

    /// For somebody of a tenant.
    ///
    /// @param security as whom; empty for what the role may read
    /// @throws RowSecurityOffException when that would show rows that policies hide
    /// @throws DatabaseRefusedException at once, while the breaker is open
    /// @throws BadRequestException as the work does, and when the tenant's own reads left no room
    <T> T read(TenantId tenant, Optional<RowSecurity> security, Work<T> work) throws SQLException {
        return shares.within(tenant, () -> guarded(security, work));
    }

    private <T> T guarded(Optional<RowSecurity> security, Work<T> work) throws SQLException {
        try {
            return breaker.executeCallable(() -> once(security, work));
        } catch (CallNotPermittedException e) {
            throw new DatabaseRefusedException(e);
        } catch (SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the work throws nothing else", e);
        }
    }

    private <T> T once(Optional<RowSecurity> security, Work<T> work) throws SQLException {
        try (Connection connection = connection()) {
            // Closing rolls back what is not committed, and nothing here is ever written.
            return work.in(new Transaction(connection, security));
        }
    }

    private Connection connection() throws SQLException {
        try {
            return pool.getConnection();
        } catch (SQLTransientConnectionException e) {
            boolean allInUse = pool.getHikariPoolMXBean().getActiveConnections() >= MOST_CONNECTIONS;
            throw allInUse ? new DatabaseBusyException(e) : e;
        }
    }

    /// Open while the database is not asked.
    CircuitBreaker breaker() {
        return breaker;
    }

    /// Whether another try later may do, because it is no answer to the statement.
    static boolean isAway(Throwable failure) {
        return failure instanceof SQLTransientConnectionException // none could be made in time
                || failure instanceof DatabaseRefusedException
                || failure instanceof DatabaseBusyException
                || failure instanceof SQLException answer
                        && Optional.ofNullable(answer.getSQLState())
                                .filter(state -> state.length() == 5 && AWAY.contains(state.substring(0, 2)))
                                .isPresent();
    }

    /// Whether the server cannot serve, so that it is better not asked.
    private static boolean isDown(Throwable failure) {
        return isAway(failure)
                && !(failure instanceof DatabaseBusyException)
                && !(failure instanceof SQLException answer && CANCELLED.equals(answer.getSQLState()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
