package dev.rowcast.gateway.publish;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.edge.Admission;
import dev.rowcast.gateway.edge.Entrance;
import dev.rowcast.gateway.edge.Problems;
import dev.rowcast.gateway.edge.RequestId;
import dev.rowcast.gateway.limit.Room;
import dev.rowcast.gateway.limit.TokenBucket;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/// Publishing over HTTP, and asking what became of it. With a secret key only; another tenant's are as if they were not
/// there.
@RestController
public final class PublishEndpoints {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7E]{1,128}");
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Duration BODY_WITHIN = Duration.ofSeconds(30);

    private final Entrance entrance;
    private final Publishing publishing;
    /// Reading a large body takes long for an event loop.
    private final Scheduler threads = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    public PublishEndpoints(Entrance entrance, Publishing publishing) {
        this.entrance = entrance;
        this.publishing = publishing;
    }

    /// `POST /v1/tenants/acme/events`
    @PostMapping("/v1/tenants/{tenant}/events")
    public Mono<Void> publish(ServerWebExchange exchange, @PathVariable String tenant) {
        return identified(exchange, identity -> {
            if (!identity.tenant().value().equals(tenant)) {
                return Problems.write(
                        exchange.getResponse(),
                        ErrorCode.NOT_FOUND,
                        "Nothing answers this at "
                                + exchange.getRequest().getPath().value() + ".");
            }
            return take(exchange, identity.tenant())
                    .flatMap(answer -> write(exchange.getResponse(), identity.tenant(), answer));
        });
    }

    /// `GET /v1/jobs/{id}`
    @GetMapping("/v1/jobs/{id}")
    public Mono<Void> job(ServerWebExchange exchange, @PathVariable String id) {
        ServerHttpResponse response = exchange.getResponse();
        return identified(exchange, identity -> switch (publishing.status(identity.tenant(), id)) {
            case JobStatus.Queued() -> json(response, HttpStatus.OK, status(id, "queued"));
            case JobStatus.Published() -> json(response, HttpStatus.OK, status(id, "published"));
            case JobStatus.Failed(List<Fault> faults) -> {
                Map<String, Object> body = status(id, "failed");
                body.put("errors", faults);
                yield json(response, HttpStatus.OK, body);
            }
            case JobStatus.Unknown() ->
                Problems.write(
                        response,
                        ErrorCode.NOT_FOUND,
                        "There is no such job of this tenant, or it was taken more than 24 hours ago.");
            case JobStatus.NotNow() ->
                Problems.write(
                        response, ErrorCode.NOT_READY, "How far the events are ordered is not known now; try again.");
        });
    }

    private Mono<Void> identified(ServerWebExchange exchange, Function<Identity, Mono<Void>> then) {
        ServerHttpResponse response = exchange.getResponse();
        return entrance.identify(exchange, Scope.PUBLISH).flatMap(admission -> switch (admission) {
            case Admission.Full full ->
                Problems.write(response, full.code(), full.code().remedy());
            case Admission.Refused(ErrorCode code, String reason) -> Problems.write(response, code, reason);
            case Admission.Admitted(Identity identity) -> then.apply(identity);
        });
    }

    private Mono<Answer> take(ServerWebExchange exchange, TenantId tenant) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        Optional<String> key = Optional.ofNullable(headers.getFirst(IDEMPOTENCY_KEY));
        if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
            return Mono.just(publishing.refused(
                    ErrorCode.INVALID_MESSAGE, "The Idempotency-Key must be 1 to 128 visible ASCII characters."));
        }
        int most = publishing.limits().batchBytes();
        long length = headers.getContentLength();
        if (length > most) {
            return Mono.just(tooLong());
        }
        Optional<Answer.Refused> refusal = publishing.refusal();
        if (refusal.isPresent()) {
            return Mono.just(refusal.get());
        }
        Optional<Room.Place> room = publishing.enter(tenant, length < 0 ? most : length);
        if (room.isEmpty()) {
            return Mono.just(publishing.refused(
                    ErrorCode.OVERLOADED, "Too much is being published at this moment, by this tenant or by all."));
        }
        Optional<String> traceparent = Optional.ofNullable(headers.getFirst("traceparent"))
                .filter(value -> TRACEPARENT.matcher(value).matches());
        Cause cause = new Cause(RequestId.of(exchange), traceparent);
        AtomicBoolean taken = new AtomicBoolean();
        return DataBufferUtils.join(exchange.getRequest().getBody(), most)
                .map(PublishEndpoints::bytes)
                .defaultIfEmpty(new byte[0])
                .timeout(BODY_WITHIN)
                .publishOn(threads)
                .flatMap(body -> {
                    taken.set(true);
                    // Held until Kafka has it, also when the client has hung up; a cancelled future would not say when.
                    CompletableFuture<Answer> answer = publishing
                            .take(tenant, body, key, cause)
                            .whenComplete((said, failure) -> room.get().leave());
                    return Mono.fromFuture(answer, true);
                })
                .onErrorResume(DataBufferLimitException.class, tooLong -> Mono.just(tooLong()))
                .onErrorResume(
                        TimeoutException.class,
                        slow -> Mono.just(publishing.refused(
                                ErrorCode.INVALID_MESSAGE,
                                "The body did not come within %d s.".formatted(BODY_WITHIN.toSeconds()))))
                .doFinally(end -> {
                    if (!taken.get()) {
                        room.get().leave();
                    }
                });
    }

    private Answer tooLong() {
        return publishing.refused(
                ErrorCode.TOO_LONG,
                "The body has more than %d bytes; send several requests."
                        .formatted(publishing.limits().batchBytes()));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private Mono<Void> write(ServerHttpResponse response, TenantId tenant, Answer answer) {
        HttpHeaders headers = response.getHeaders();
        TokenBucket.Answer rate = publishing.rate(tenant);
        headers.set("X-RateLimit-Limit", Integer.toString(publishing.limits().eventsPerSecond()));
        headers.set("X-RateLimit-Remaining", Integer.toString(rate.remaining()));
        headers.set("X-RateLimit-Reset", seconds(rate.full()));
        return switch (answer) {
            case Answer.Queued(String jobId, List<String> ids) -> {
                headers.set(HttpHeaders.LOCATION, "/v1/jobs/" + jobId);
                Map<String, Object> body = status(jobId, "queued");
                body.put("ids", ids);
                yield json(response, HttpStatus.ACCEPTED, body);
            }
            case Answer.Refused refused -> {
                refused.retryAfter().ifPresent(wait -> headers.set(HttpHeaders.RETRY_AFTER, seconds(wait)));
                Map<String, List<Fault>> more =
                        refused.faults().isEmpty() ? Map.of() : Map.of("errors", refused.faults());
                yield Problems.write(response, refused.code(), refused.reason(), more);
            }
        };
    }

    private static String seconds(Duration time) {
        return Long.toString(Math.ceilDiv(time.toMillis(), 1_000L));
    }

    private static Map<String, Object> status(String jobId, String status) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("jobId", jobId);
        body.put("status", status);
        return body;
    }

    private static Mono<Void> json(ServerHttpResponse response, HttpStatus status, Map<String, Object> value) {
        byte[] body = JsonMapper.shared().writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setCacheControl("no-store");
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
