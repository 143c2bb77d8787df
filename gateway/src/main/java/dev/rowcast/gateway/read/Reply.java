package dev.rowcast.gateway.read;

import dev.rowcast.cache.CacheStatus;
import dev.rowcast.schemas.hash.Sha256;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Rows as an answer over HTTP. Browsers may keep it and must ask each time whether it still holds; nobody
/// between may keep it at all.
final class Reply {

    private static final String ASK_EACH_TIME = "no-cache, private";
    private static final List<String> CREDENTIALS = List.of("Authorization", "apikey", "api-key", "X-API-Key");
    private static final int TAG_BYTES = 16;

    private Reply() {}

    /// Answers 304 when the client has these very bytes.
    static Mono<Void> write(ServerWebExchange exchange, Answer answer) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        byte[] body = answer.body();
        String tag = tag(body);
        headers.setCacheControl(ASK_EACH_TIME);
        headers.setETag(tag);
        headers.set("X-Cache", answer.status().text());
        headers.set("Cache-Status", status(answer));
        CREDENTIALS.forEach(name -> headers.add(HttpHeaders.VARY, name));
        if (has(exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH), tag)) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    /// As RFC 9211 has it.
    private static String status(Answer answer) {
        String detail = answer.detail();
        String outcome = switch (answer.status()) {
            case HIT_L1 -> "hit; detail=l1";
            case HIT_L2 -> "hit; detail=l2";
            case MISS, BYPASS -> {
                String forwarded = answer.status() == CacheStatus.MISS ? "fwd=miss" : "fwd=bypass";
                boolean ofTheStandard = detail.isEmpty() || detail.equals("stored") || detail.equals("collapsed");
                yield forwarded + (detail.isEmpty() ? "" : ofTheStandard ? "; " + detail : "; detail=" + detail);
            }
        };
        return "rowcast; " + outcome;
    }

    /// Compares weakly, as RFC 9110 wants it for this header: a proxy that packed the body weakened its tag.
    private static boolean has(List<String> headers, String tag) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .anyMatch(known -> known.equals("*") || known.equals(tag) || known.equals("W/" + tag));
    }

    private static String tag(byte[] body) {
        byte[] hash = Arrays.copyOf(Sha256.of(body), TAG_BYTES);
        return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + '"';
    }
}
