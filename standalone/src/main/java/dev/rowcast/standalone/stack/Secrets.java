package dev.rowcast.standalone.stack;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;

/// What signs cursors and development tokens: from the environment, or else made once for a data folder.
///
/// @param cursor signs cursors; another one makes every client start anew
/// @param jwt signs and verifies HS256 tokens
public record Secrets(String cursor, String jwt) {

    private static final int SHORTEST_CURSOR_SECRET = 16;
    private static final int SHORTEST_JWT_SECRET = 32;

    /// @throws IllegalArgumentException when one is shorter than 16 or 32 bytes
    public Secrets {
        check("ROWCAST_CURSOR_SECRET", cursor, SHORTEST_CURSOR_SECRET);
        check("ROWCAST_JWT_SECRET", jwt, SHORTEST_JWT_SECRET);
    }

    private static final String FILE = "secrets.properties";
    private static final int BYTES = 32;

    @Override
    public String toString() {
        return "Secrets[hidden]";
    }

    /// The secrets of this data folder; makes them when it has none.
    public static Secrets of(Path data) {
        Properties kept = load(data.resolve(FILE));
        return new Secrets(
                Optional.ofNullable(System.getenv("ROWCAST_CURSOR_SECRET")).orElse(kept.getProperty("cursor")),
                Optional.ofNullable(System.getenv("ROWCAST_JWT_SECRET")).orElse(kept.getProperty("jwt")));
    }

    private static void check(String name, String secret, int shortest) {
        int length = secret.getBytes(StandardCharsets.UTF_8).length;
        if (length < shortest) {
            throw new IllegalArgumentException(
                    "%s has %d bytes; give it %d or more [SECRET_TOO_SHORT]".formatted(name, length, shortest));
        }
    }

    private static Properties load(Path file) {
        Properties kept = new Properties();
        try {
            if (Files.exists(file)) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    kept.load(reader);
                }
                return kept;
            }
            kept.setProperty("cursor", random());
            kept.setProperty("jwt", random());
            PrivateFiles.create(file);
            try (Writer writer = Files.newBufferedWriter(file)) {
                kept.store(writer, null);
            }
            return kept;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep secrets in " + file, e);
        }
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
