package dev.rowcast.ingest.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// What is asked of a session, ours or another of the same server.
public final class Sessions {

    private Sessions() {}

    /// Makes the commits of our session return when they are in the log here. For what is only a note of ingest's
    /// own: a standby that commits have to wait for must not make it hang.
    public static void dontWaitForStandbys(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("set synchronous_commit to local")) {
            statement.execute();
        }
    }

    /// Ends a session; those of the same user may be ended.
    ///
    /// @return whether the server let us
    static boolean end(Connection connection, int pid) {
        try (PreparedStatement statement = connection.prepareStatement("select pg_terminate_backend(?)")) {
            statement.setInt(1, pid);
            statement.execute();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
