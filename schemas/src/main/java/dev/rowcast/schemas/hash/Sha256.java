package dev.rowcast.schemas.hash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 (FIPS 180-4). Texts count as UTF-8.
public final class Sha256 {

    private Sha256() {}

    /// @return 32 bytes
    public static byte[] of(byte[] bytes) {
        return digest().digest(bytes);
    }

    /// @return 32 bytes
    public static byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Each part counts with its length before it, so that no two lists are one text.
    ///
    /// @return 32 bytes
    public static byte[] ofAll(List<String> parts) {
        MessageDigest digest = digest();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return digest.digest();
    }

    /// @return 64 hex digits in lower case
    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
