package dev.rowcast.standalone.stack;

import dev.rowcast.schemas.database.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/// Runs the set-up scripts in a database. Each of them changes nothing when it runs again.
final class DatabaseSetup {

    private final DatabaseUrl database;

    DatabaseSetup(DatabaseUrl database) {
        this.database = database;
    }

    void run(Path script) {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(Files.readString(script));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + script, e);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "%s failed in %s: %s [SETUP_FAILED]".formatted(script.getFileName(), database, e.getMessage()), e);
        }
    }
}
