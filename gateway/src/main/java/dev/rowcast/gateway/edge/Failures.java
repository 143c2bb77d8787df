package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.topic.RequestHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/// Turns what no handler answered into a problem with a code, before Spring's own page of errors sees it.
@Order(-2)
public final class Failures implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final int NOT_FOUND = 404;

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        String path = exchange.getRequest().getPath().value();
        if (failure instanceof ResponseStatusException expected) {
            HttpStatusCode status = expected.getStatusCode();
            ErrorCode code = status.value() == NOT_FOUND ? ErrorCode.NOT_FOUND : ErrorCode.INVALID_MESSAGE;
            return status.is4xxClientError()
                    ? Problems.write(exchange.getResponse(), code, "Nothing answers this at " + path + ".")
                    : internal(exchange, failure);
        }
        return internal(exchange, failure);
    }

    private static Mono<Void> internal(ServerWebExchange exchange, Throwable failure) {
        log.atError()
                .setCause(failure)
                .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange))
                .log("Request failed");
        return Problems.write(exchange.getResponse(), ErrorCode.INTERNAL, ErrorCode.INTERNAL.remedy());
    }
}
