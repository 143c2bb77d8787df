package dev.rowcast.cache.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A Lua script that runs in Redis as one step. Scripts must be good to run twice, since one that timed out may still
/// run.
///
/// @param sha by which Redis knows a script that it has seen
public record Script(String text, String sha) {

    /// @param text whose keys are all in `KEYS`, as a cluster demands
    public static Script of(String text) {
        return new Script(text, sha1(text));
    }

    /// A resource beside a class.
    ///
    /// @param name as in `read.lua`
    public static Script load(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no resource '%s' beside %s".formatted(name, beside));
            }
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
