package dev.rowcast.ingest.slot;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Opens connections to the captured database and says in plain words why it cannot.
public final class Database {

    private static final String TIMEOUT_SECONDS = "5";
    private static final int ANSWER_SECONDS = 5;

    private final DatabaseUrl url;

    public Database(DatabaseUrl url) {
        this.url = url;
    }

    public DatabaseUrl url() {
        return url;
    }

    /// A connection that commits each statement. No statement waits longer than 5 s for the network.
    ///
    /// @throws FaultException when the database is away or refuses the login
    public Connection connect() {
        return connect(new Properties());
    }

    /// Opens a session and asks it for nothing. Takes 10 s at most.
    ///
    /// @throws FaultException when the database is away or refuses the login
    public void ping() {
        try (Connection connection = connect()) {
            if (!connection.isValid(ANSWER_SECONDS)) {
                throw fault(new SQLException("no answer within %d s".formatted(ANSWER_SECONDS)));
            }
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    /// A session that speaks the replication protocol.
    Connection connectForReplication() {
        Properties properties = new Properties();
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        return connect(properties);
    }

    private Connection connect(Properties properties) {
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        properties.setProperty("ApplicationName", "rowcast-ingest");
        properties.setProperty("connectTimeout", TIMEOUT_SECONDS);
        properties.setProperty("loginTimeout", TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        try {
            return DriverManager.getConnection(url.jdbcUrl(), properties);
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    /// What a failed statement or login means.
    public FaultException fault(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28") || state.equals("3D000")) {
            return new FaultException(
                    FaultCode.DATABASE_LOGIN,
                    "%s refuses the login: %s".formatted(url, e.getMessage()),
                    "check user, password and database name in DATABASE_URL",
                    e);
        }
        if (state.equals("42501")) {
            return new FaultException(
                    FaultCode.DATABASE_RIGHTS,
                    "%s: %s".formatted(url, e.getMessage()),
                    "run infra/postgres/role.sql, or: alter role \"%s\" replication;".formatted(url.user()),
                    e);
        }
        return new FaultException(
                FaultCode.DATABASE_AWAY,
                "%s does not serve: %s".formatted(url, e.getMessage()),
                "is it running, is DATABASE_URL right, is the port open?",
                e);
    }
}
