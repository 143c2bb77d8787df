package dev.rowcast.gateway.support;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tokens, good and bad, made by hand so that bad ones can be made.
public final class Jwts {

    private Jwts() {}

    public static String of(String subject, String tenant, Instant expires) {
        return signed(
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"%s\",\"tenant_id\":\"%s\",\"exp\":%d}".formatted(subject, tenant, expires.getEpochSecond()),
                Stage.JWT_SECRET);
    }

    public static String signed(String header, String claims, String secret) {
        try {
            String content = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                    + base64(claims.getBytes(StandardCharsets.UTF_8));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
