package dev.rowcast.standalone.stack;

import dev.rowcast.schemas.database.DatabaseUrl;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// Where the parts of a running `up` are, so that other verbs find them. Kept in a file that only its owner can read,
/// because it holds the database's password.
///
/// @param catalog the file that `up` started with
/// @param source the catalog's name of the database
/// @param redis URL, with its login; empty where an older version wrote the file
/// @param gateway base URL
/// @param management base URL
public record Addresses(
        String catalog,
        String source,
        DatabaseUrl database,
        String kafka,
        String registry,
        Optional<String> redis,
        String gateway,
        String management) {

    private static final String FILE = "addresses.properties";

    void save(Path data) {
        Properties all = new Properties();
        all.setProperty("catalog", catalog);
        all.setProperty("source", source);
        all.setProperty("database.host", database.host());
        all.setProperty("database.port", Integer.toString(database.port()));
        all.setProperty("database.name", database.database());
        all.setProperty("database.user", database.user());
        all.setProperty("database.password", database.password());
        all.setProperty("database.options", database.options());
        all.setProperty("kafka", kafka);
        all.setProperty("registry", registry);
        redis.ifPresent(url -> all.setProperty("redis", url));
        all.setProperty("gateway", gateway);
        all.setProperty("management", management);
        Path file = data.resolve(FILE);
        try {
            PrivateFiles.create(file);
            try (Writer writer = Files.newBufferedWriter(file)) {
                all.store(writer, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// The same as [#load], or nothing when there was none.
    public static Optional<Addresses> find(Path data) {
        return Files.exists(data.resolve(FILE)) ? Optional.of(load(data)) : Optional.empty();
    }

    /// Where the last `up` with this data folder put everything; it may have ended since.
    ///
    /// @throws IllegalStateException when there was none
    public static Addresses load(Path data) {
        Path file = data.resolve(FILE);
        if (!Files.exists(file)) {
            throw new IllegalStateException(
                    "nothing has been started with the data folder %s; run ./rowcast up first [NOT_UP]"
                            .formatted(data));
        }
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return new Addresses(
                all.getProperty("catalog"),
                all.getProperty("source"),
                new DatabaseUrl(
                        all.getProperty("database.host"),
                        Integer.parseInt(all.getProperty("database.port")),
                        all.getProperty("database.name"),
                        all.getProperty("database.user"),
                        all.getProperty("database.password"),
                        all.getProperty("database.options")),
                all.getProperty("kafka"),
                all.getProperty("registry"),
                Optional.ofNullable(all.getProperty("redis")),
                all.getProperty("gateway"),
                all.getProperty("management"));
    }
}
