package dev.rowcast.schemas.database;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A PostgreSQL database and who connects to it.
///
/// @param host name or address
/// @param port 1 to 65535
/// @param database its name
/// @param user the role
/// @param password never in logs: `toString` hides it
/// @param options the query part, such as `sslmode=require`; empty when there is none
public record DatabaseUrl(String host, int port, String database, String user, String password, String options) {

    private static final int DEFAULT_PORT = 5432;

    public DatabaseUrl {
        if (host.isEmpty() || database.isEmpty() || user.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a database needs host, port, name and user; got %s:%d/%s as %s"
                    .formatted(host, port, database, user));
        }
    }

    /// Reads `postgresql://user:password@host:port/database?options`, with `postgres://` and a leading `jdbc:`
    /// allowed.
    ///
    /// @throws IllegalArgumentException naming what is missing, without the password
    public static DatabaseUrl parse(String url) {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        try {
            URI uri = new URI(plain);
            String[] login =
                    Optional.ofNullable(uri.getRawUserInfo()).orElse("").split(":", 2);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            if (!scheme.equals("postgresql") && !scheme.equals("postgres") || uri.getHost() == null) {
                throw new URISyntaxException("", "no postgresql://host");
            }
            return new DatabaseUrl(
                    uri.getHost(),
                    uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort(),
                    uri.getPath().replaceFirst("^/", ""),
                    decoded(login[0]),
                    login.length == 2 ? decoded(login[1]) : "",
                    Optional.ofNullable(uri.getRawQuery()).orElse(""));
        } catch (URISyntaxException | IllegalArgumentException e) {
            // The cause is left out: its text would repeat the password.
            throw new IllegalArgumentException(
                    "DATABASE_URL is not of the form postgresql://user:password@host:5432/database");
        }
    }

    /// What the JDBC driver wants; user and password go beside it.
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s%s".formatted(host, port, database, options.isEmpty() ? "" : "?" + options);
    }

    @Override
    public String toString() {
        return "postgresql://%s@%s:%d/%s".formatted(user, host, port, database);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
