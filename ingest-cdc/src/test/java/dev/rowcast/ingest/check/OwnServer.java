package dev.rowcast.ingest.check;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.schemas.catalog.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A Postgres of one test's own, with settings that the shared one must not have.
final class OwnServer implements AutoCloseable {

    static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: own
            tenancy: {constant: default}
            channels: {all: {access: tenant}}
            tables:
              public.notes: {entity: note, channels: ["all:{id}"]}
            """);

    private final Path folder;
    private final EmbeddedParts parts;
    private Connection sql;

    private OwnServer(Path folder, EmbeddedParts parts) throws SQLException {
        this.folder = folder;
        this.parts = parts;
        this.sql = parts.postgres().connect();
    }

    static OwnServer with(Map<String, String> settings) {
        try {
            Path folder = Files.createTempDirectory("rowcast-own");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            EmbeddedConfig config = EmbeddedConfig.in(folder)
                    .withParts(EnumSet.of(Part.POSTGRES))
                    .withBinaries(Path.of(
                            Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                                    .orElse(System.getProperty("user.home") + "/.cache"),
                            "rowcast"))
                    .withDurable(false);
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                config = config.withPostgresSetting(setting.getKey(), setting.getValue());
            }
            return new OwnServer(folder, EmbeddedParts.start(config, StartListener.SILENT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Postgres postgres() {
        return parts.postgres();
    }

    Connection connection() {
        return sql;
    }

    Path data() {
        return folder.resolve("postgres/data");
    }

    void restart() throws SQLException {
        sql.close();
        parts.postgres().restart();
        sql = parts.postgres().connect();
    }

    void execute(String statements) throws SQLException {
        try (Statement statement = sql.createStatement()) {
            statement.execute(statements);
        }
    }

    String query(String select) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /// What is said about some prerequisites.
    List<Finding> findings(DatabaseCheck... checks) throws SQLException, InterruptedException {
        List<DatabaseCheck> asked = List.of(checks);
        return DatabaseInspection.all(sql, CATALOG, Optional.empty()).stream()
                .filter(finding -> finding.check() instanceof DatabaseCheck check && asked.contains(check))
                .toList();
    }

    @Override
    public void close() throws SQLException, IOException {
        sql.close();
        parts.close();
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
