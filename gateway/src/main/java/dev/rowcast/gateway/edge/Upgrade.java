package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.protocol.ProtocolCodec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;

/// The handshake of RFC 6455. Extensions are not offered, so no frame is compressed.
final class Upgrade {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private Upgrade() {}

    /// Sets status and headers of the answer.
    ///
    /// @return false when the request is no such handshake
    static boolean prepare(ServerWebExchange exchange) {
        HttpHeaders asked = exchange.getRequest().getHeaders();
        String key = asked.getFirst("Sec-WebSocket-Key");
        if (key == null || !isKey(key) || !"13".equals(asked.getFirst("Sec-WebSocket-Version"))) {
            return false;
        }
        HttpHeaders answered = exchange.getResponse().getHeaders();
        answered.set(HttpHeaders.UPGRADE, "websocket");
        answered.set(HttpHeaders.CONNECTION, "Upgrade");
        answered.set("Sec-WebSocket-Accept", accept(key));
        boolean offered = asked.getOrEmpty("Sec-WebSocket-Protocol").stream()
                .flatMap(line -> Stream.of(line.split(",")))
                .anyMatch(name -> name.strip().equals(ProtocolCodec.NAME));
        if (offered) {
            answered.set("Sec-WebSocket-Protocol", ProtocolCodec.NAME);
        }
        exchange.getResponse().setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
        return true;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key.strip() + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
