package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Errors over HTTP: RFC 9457 problem details with our stable `code`, and whether it is `retryable`.
public final class Problems {

    private static final int MS_PER_SECOND = 1_000;
    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY_REQUESTS = 429;
    /// One for which browsers ask nobody.
    private static final String SCHEME = "Bearer";

    private Problems() {}

    /// Answers with a problem that passes.
    ///
    /// @param retryAfter when to come back
    static Mono<Void> write(ServerHttpResponse response, ErrorCode code, String detail, Duration retryAfter) {
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds(retryAfter)));
        return write(response, code, detail);
    }

    /// Answers with a problem. One that passes says when to come back, each answer another time; 429 does so in the
    /// members `error` and `retryAfter` (seconds) too.
    ///
    /// @param detail what is wrong with this request, without anything secret
    public static Mono<Void> write(ServerHttpResponse response, ErrorCode code, String detail) {
        return write(response, code, detail, Map.of());
    }

    /// The same, with more members.
    ///
    /// @param more by name, after ours; anything that Jackson writes
    public static Mono<Void> write(ServerHttpResponse response, ErrorCode code, String detail, Map<String, ?> more) {
        int status = code.httpStatus().orElse(500);
        HttpHeaders headers = response.getHeaders();
        if (code.retryable() && headers.getFirst(HttpHeaders.RETRY_AFTER) == null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds(Shards.retryAfter())));
        }
        Map<String, Object> members = new LinkedHashMap<>();
        if (status == TOO_MANY_REQUESTS) {
            members.put("error", "Too many requests");
            members.put("retryAfter", Long.parseLong(String.valueOf(headers.getFirst(HttpHeaders.RETRY_AFTER))));
        }
        members.putAll(more);
        byte[] body = body(status, code, detail, members);
        response.setStatusCode(HttpStatusCode.valueOf(status));
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setContentLength(body.length);
        headers.setCacheControl("no-store");
        if (status == UNAUTHORIZED) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, SCHEME);
        }
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }

    static byte[] body(int status, ErrorCode code, String detail, Map<String, ?> more) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", code.meaning());
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("code", code.name());
        problem.put("retryable", code.retryable());
        problem.putAll(more);
        return JsonMapper.shared().writeValueAsString(problem).getBytes(StandardCharsets.UTF_8);
    }

    /// Rounded up: who waits that long has waited long enough.
    static long seconds(Duration duration) {
        return Math.ceilDiv(duration.toMillis(), MS_PER_SECOND);
    }
}
