package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.edge.Admission;
import dev.rowcast.gateway.edge.Entrance;
import dev.rowcast.gateway.edge.Problems;
import dev.rowcast.gateway.read.Entities.Found;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Rows over HTTP, for the first paint of what a stream then keeps up to date.
@RestController
public final class EntityEndpoints {

    private static final Logger log = LoggerFactory.getLogger(EntityEndpoints.class);

    private final Entrance entrance;
    private final Optional<Entities> entities;
    private final Scheduler threads = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    public EntityEndpoints(Entrance entrance, ObjectProvider<Entities> entities) {
        this.entrance = entrance;
        this.entities = Optional.ofNullable(entities.getIfAvailable());
    }

    /// `GET /v1/entities/source?channel=vault:1&page=1&limit=20&sort=created_at.desc`
    @GetMapping("/v1/entities/{code}")
    public Mono<Void> list(ServerWebExchange exchange, @PathVariable String code) {
        return answer(exchange, (rows, identity) -> {
            Page page = Page.of(parameter(exchange, "page"), parameter(exchange, "limit"), parameter(exchange, "sort"));
            Found found = rows.list(identity, code, parameter(exchange, "channel"), page);
            return "{\"data\":[%s],\"pagination\":{\"page\":%d,\"limit\":%d,\"total\":%d,\"totalPages\":%d}}"
                    .formatted(
                            String.join(",", found.rows()),
                            page.number(),
                            page.limit(),
                            found.total(),
                            page.pages(found.total()));
        });
    }

    /// `GET /v1/entities/source/77`
    @GetMapping("/v1/entities/{code}/{id}")
    public Mono<Void> find(ServerWebExchange exchange, @PathVariable String code, @PathVariable String id) {
        return answer(
                exchange,
                (rows, identity) -> rows.find(identity, code, id)
                        .orElseThrow(() -> new BadRequestException(
                                ErrorCode.NOT_FOUND, "There is no '%s' '%s' that you may read.".formatted(code, id))));
    }

    /// Reads something for somebody, as JSON text.
    private interface Reading {
        String read(Entities entities, Identity identity) throws SQLException;
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
            case Admission.Admitted(Identity identity) -> read(response, () -> reading.read(entities.get(), identity));
        });
    }

    private Mono<Void> read(ServerHttpResponse response, Callable<String> task) {
        return Mono.fromCallable(task)
                .subscribeOn(threads)
                .flatMap(json -> json(response, json))
                .onErrorResume(BadRequestException.class, bad -> Problems.write(response, bad.code(), bad.reason()))
                .onErrorResume(SQLException.class, failure -> {
                    log.atError().addKeyValue("cause", failure.getMessage()).log("Read failed");
                    return Problems.write(response, ErrorCode.NOT_READY, "The database did not answer; try again.");
                });
    }

    private static Mono<Void> json(ServerHttpResponse response, String json) {
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setCacheControl("no-store");
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json.getBytes(StandardCharsets.UTF_8))));
    }

    private static Optional<String> parameter(ServerWebExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequest().getQueryParams().getFirst(name));
    }
}
