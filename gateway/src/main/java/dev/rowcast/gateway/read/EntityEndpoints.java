package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.edge.Admission;
import dev.rowcast.gateway.edge.Entrance;
import dev.rowcast.gateway.edge.Problems;
import dev.rowcast.gateway.edge.ReadRoutes;
import dev.rowcast.gateway.edge.RequestId;
import dev.rowcast.gateway.limit.Room;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Rows over HTTP, for the first paint of what a stream then keeps up to date.
@RestController
public final class EntityEndpoints {

    private static final Logger log = LoggerFactory.getLogger(EntityEndpoints.class);

    /// Several statements may be needed, and a reading of somebody else may be waited for first.
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);

    /// Bytes of answers that clients have not taken yet.
    private static final int ANSWERS = 64 << 20;

    private static final List<String> LIST_PARAMETERS =
            Stream.concat(Stream.of("channel"), Slice.PARAMETERS.stream()).toList();

    private final Entrance entrance;
    private final Optional<Entities> entities;
    private final ReadMeter meter;
    private final Room room = new Room(ANSWERS);
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    public EntityEndpoints(Entrance entrance, ObjectProvider<Entities> entities, MeterRegistry meters) {
        this.entrance = entrance;
        this.meter = new ReadMeter(meters);
        this.entities = Optional.ofNullable(entities.getIfAvailable());
    }

    /// `GET /v1/entities/source?channel=vault:1&page=1&limit=20&sort=created_at.desc`
    @GetMapping("/v1/entities/{code}")
    public Mono<Void> list(ServerWebExchange exchange, @PathVariable String code) {
        return answer(exchange, (rows, asked) -> {
            Parameters parameters = new Parameters(exchange.getRequest().getQueryParams(), LIST_PARAMETERS);
            return rows.list(asked, code, parameters.text("channel"), Slice.of(parameters));
        });
    }

    /// `GET /v1/entities/source/77`
    @GetMapping("/v1/entities/{code}/{id}")
    public Mono<Void> find(ServerWebExchange exchange, @PathVariable String code, @PathVariable String id) {
        return answer(exchange, (rows, asked) -> {
            Parameters.none(exchange.getRequest().getQueryParams());
            return rows.find(asked, code, id)
                    .orElseThrow(() -> new BadRequestException(
                            ErrorCode.NOT_FOUND,
                            "There is no '%s' '%s' that you may read.".formatted(Shown.of(code), Shown.of(id))));
        });
    }

    /// Reads something for somebody.
    private interface Reading {
        Answer read(Entities entities, Asked asked) throws SQLException;
    }

    /// What became of a reading. A value also where it failed, because who hung up is told nothing of it, and a failure
    /// that nobody hears is logged as if it were a mistake of ours.
    private sealed interface Outcome {

        record Done(Answer answer) implements Outcome {}

        record Failed(Exception failure) implements Outcome {}

        @SuppressWarnings("PMD.AvoidCatchingGenericException") // whatever it is goes to the request
        static Outcome of(Callable<Answer> task) {
            try {
                return new Done(task.call());
            } catch (Exception e) {
                return new Failed(e);
            }
        }

        default Mono<Answer> asMono() {
            return switch (this) {
                case Done(Answer answer) -> Mono.just(answer);
                case Failed(Exception failure) -> Mono.error(failure);
            };
        }
    }

    private Mono<Void> answer(ServerWebExchange exchange, Reading reading) {
        ServerHttpResponse response = exchange.getResponse();
        if (entities.isEmpty()) {
            return Problems.write(response, ErrorCode.NOT_FOUND, "This gateway has no database; set DATABASE_URL.");
        }
        return entrance.identify(exchange, Scope.READ).flatMap(admission -> switch (admission) {
            case Admission.Full full ->
                Problems.write(response, full.code(), full.code().remedy());
            case Admission.Refused(ErrorCode code, String reason) -> Problems.write(response, code, reason);
            case Admission.Admitted(Identity identity) ->
                read(exchange, identity.tenant(), () -> reading.read(entities.get(), asked(exchange, identity)));
        });
    }

    /// Whoever hangs up leaves a reading behind that keeps its place until it ends by itself: see [Database].
    private Mono<Void> read(ServerWebExchange exchange, TenantId tenant, Callable<Answer> task) {
        ServerHttpResponse response = exchange.getResponse();
        return Mono.fromFuture(() -> CompletableFuture.supplyAsync(() -> Outcome.of(task), threads), true)
                .timeout(READ_WITHIN)
                .flatMap(Outcome::asMono)
                .doOnNext(meter::count)
                .flatMap(answer -> write(exchange, tenant, answer))
                .onErrorResume(BadRequestException.class, bad -> Problems.write(response, bad.code(), bad.reason()))
                .onErrorResume(RowSecurityOffException.class, off -> {
                    log.atError()
                            .addKeyValue("cause", off.getMessage())
                            .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange))
                            .log("Read refused");
                    return Problems.write(response, ErrorCode.ROW_SECURITY_OFF, ErrorCode.ROW_SECURITY_OFF.meaning());
                })
                .onErrorResume(SQLException.class, failure -> failed(exchange, failure))
                .onErrorResume(TimeoutException.class, failure -> {
                    log.atWarn()
                            .addKeyValue("within", READ_WITHIN)
                            .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange))
                            .log("Read not done in time");
                    return away(response);
                });
    }

    /// Holds room until the client has taken it, so that clients who take nothing cost a bounded memory.
    private Mono<Void> write(ServerWebExchange exchange, TenantId tenant, Answer answer) {
        Optional<Room.Place> place = room.enter(tenant, answer.body().length);
        return place.isPresent()
                ? Reply.write(exchange, answer).doFinally(end -> place.get().leave())
                : Problems.write(
                        exchange.getResponse(),
                        ErrorCode.OVERLOADED,
                        "Too many rows wait for clients to take them, of this tenant or of all; try again.");
    }

    private static Mono<Void> failed(ServerWebExchange exchange, SQLException failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (Database.isAway(failure)) {
            // What was not tried is told by the breaker, and for each request by the access log.
            if (!(failure instanceof DatabaseRefusedException)) {
                log.atWarn()
                        .addKeyValue("cause", failure.getMessage())
                        .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange))
                        .log("Database did not answer");
            }
            return away(response);
        }
        log.atError()
                .addKeyValue("cause", failure.getMessage())
                .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange))
                .log("Read failed");
        return Problems.write(response, ErrorCode.INTERNAL, ErrorCode.INTERNAL.remedy());
    }

    private static Mono<Void> away(ServerHttpResponse response) {
        return Problems.write(response, ErrorCode.READS_UNAVAILABLE, "The database does not answer; try again.");
    }

    private static Asked asked(ServerWebExchange exchange, Identity identity) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        return new Asked(
                identity,
                Wishes.of(
                        Optional.ofNullable(headers.getFirst(Wishes.AFTER)),
                        headers.getOrEmpty(HttpHeaders.CACHE_CONTROL)),
                ReadRoutes.life(exchange));
    }
}
