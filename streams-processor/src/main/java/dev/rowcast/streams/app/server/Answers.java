package dev.rowcast.streams.app.server;

import dev.rowcast.streams.explain.AskException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeTypeUtils;

/// Answers as JSON, and what has none as RFC 9457 says.
final class Answers {

    private Answers() {}

    static WebEndpointResponse<?> of(Supplier<?> question) {
        try {
            return new WebEndpointResponse<>(question.get(), 200, MimeTypeUtils.APPLICATION_JSON);
        } catch (AskException e) {
            return new WebEndpointResponse<>(
                    problem(e), e.code().status(), MimeTypeUtils.parseMimeType("application/problem+json"));
        }
    }

    private static Map<String, Object> problem(AskException e) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", e.code().name());
        problem.put("status", e.code().status());
        problem.put("detail", String.valueOf(e.getMessage()));
        problem.put("code", e.code().name());
        problem.put("retryable", e.code().retryable());
        problem.put("elsewhere", e.elsewhere());
        return problem;
    }
}
