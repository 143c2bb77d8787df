package dev.rowcast.gateway.health;

import dev.rowcast.gateway.channel.Census;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Health for clients and for platforms. The shape of `/health` is the RxDB seed's.
@RestController
public final class HealthEndpoints {

    private final Census census;
    private final Readiness readiness;

    public HealthEndpoints(Census census, Readiness readiness) {
        this.census = census;
        this.readiness = readiness;
    }

    record Connections(int connections, int users) {}

    record Health(String status, Connections connections) {}

    @GetMapping("/health")
    Health health() {
        return new Health("ok", new Connections(census.connections(), census.users()));
    }

    @GetMapping("/health/live")
    ResponseEntity<Map<String, Object>> live() {
        return answer(readiness.isAlive(), Map.of());
    }

    @GetMapping("/health/ready")
    ResponseEntity<Map<String, Object>> ready() {
        return answer(readiness.isReady(), Map.of("checks", readiness.checks()));
    }

    private static ResponseEntity<Map<String, Object>> answer(boolean good, Map<String, ?> details) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", good ? "ok" : "down");
        body.putAll(details);
        return ResponseEntity.status(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(body);
    }
}
