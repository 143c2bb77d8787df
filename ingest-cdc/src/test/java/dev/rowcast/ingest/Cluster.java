package dev.rowcast.ingest;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.StartListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A Postgres of one test's own, which can be copied, restored and followed by a standby.
final class Cluster implements AutoCloseable {

    private static final String DATA = "postgres/data";

    private final Path folder;
    private final EmbeddedParts parts;

    private Cluster(Path folder, Map<String, String> settings) {
        this.folder = folder;
        EmbeddedConfig config = EmbeddedConfig.in(folder)
                .withParts(Set.of(Part.POSTGRES))
                .withDurable(false)
                .withBinaries(sharedBinaries());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            config = config.withPostgresSetting(setting.getKey(), setting.getValue());
        }
        this.parts = EmbeddedParts.start(config, StartListener.SILENT);
    }

    static Cluster start(Map<String, String> settings) {
        return new Cluster(newFolder(), settings);
    }

    /// A standby of it, made from a copy of its stopped data folder. This one is started again before.
    ///
    Cluster standby(String slot, Map<String, String> settings) {
        execute("select pg_create_physical_replication_slot('%s', true)".formatted(slot));
        postgres().stop();
        Path copy = newFolder();
        copy(folder.resolve(DATA), copy.resolve(DATA));
        postgres().start();
        write(copy.resolve(DATA).resolve("standby.signal"), "");
        write(copy.resolve(DATA).resolve("postgresql.auto.conf"), """

                primary_conninfo = 'host=%s port=%d user=%s password=%s dbname=%s'
                primary_slot_name = '%s'
                """.formatted(
                        postgres().host(),
                        postgres().port(),
                        postgres().user(),
                        postgres().password(),
                        postgres().database(),
                        slot));
        return new Cluster(copy, settings);
    }

    Postgres postgres() {
        return parts.postgres();
    }

    /// The same database as a [World]'s, in this server.
    Postgres.Database database(World world) {
        return new Postgres.Database(
                postgres().host(),
                postgres().port(),
                world.database.name(),
                postgres().user(),
                postgres().password());
    }

    /// A copy of its data; it is stopped meanwhile.
    Path backUp() {
        postgres().stop();
        Path copy = newFolder();
        copy(folder.resolve(DATA), copy.resolve(DATA));
        postgres().start();
        return copy;
    }

    /// Puts the data of an earlier [#backUp] in the place of its own, in a new server on the same port.
    void restore(Path copy) {
        postgres().stop();
        delete(folder.resolve(DATA));
        copy(copy.resolve(DATA), folder.resolve(DATA));
        postgres().start();
        delete(copy);
    }

    void execute(String sql) {
        try (Connection connection = postgres().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    String query(String select) {
        try (Connection connection = postgres().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(select, e);
        }
    }

    @Override
    public void close() {
        parts.close();
        delete(folder);
    }

    private static Path newFolder() {
        try {
            Path folder = Files.createTempDirectory("rowcast-test-");
            // Postgres may have to run as another user, who must get through.
            return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path sharedBinaries() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache)).resolve("rowcast");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path target = to.resolve(from.relativize(each));
                Files.createDirectories(target.getParent());
                Files.copy(each, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
