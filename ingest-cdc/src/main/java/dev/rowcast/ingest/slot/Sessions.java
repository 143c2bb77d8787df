package dev.rowcast.ingest.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Other sessions of the same server.
final class Sessions {

    private Sessions() {}

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
