package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.auth.Tickets;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Gives a ticket for a credential that the client can send here in a header, but not with its stream or socket.
@RestController
public final class TicketEndpoint {

    private final Entrance entrance;
    private final Tickets tickets;

    public TicketEndpoint(Entrance entrance, Tickets tickets) {
        this.entrance = entrance;
        this.tickets = tickets;
    }

    /// `POST /v1/tickets`, without a body.
    @PostMapping("/v1/tickets")
    public Mono<Void> issue(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        return entrance.identify(exchange, Scope.SUBSCRIBE).flatMap(admission -> switch (admission) {
            case Admission.Full full ->
                Problems.write(response, full.code(), full.code().remedy());
            case Admission.Refused(ErrorCode code, String reason) -> Problems.write(response, code, reason);
            case Admission.Admitted(Identity identity) -> {
                String ticket = tickets.issue(identity, Credentials.origin(exchange.getRequest()));
                yield write(
                        response, "{\"ticket\":\"%s\",\"expiresIn\":%d}".formatted(ticket, Tickets.LIFE.toSeconds()));
            }
        });
    }

    private static Mono<Void> write(ServerHttpResponse response, String json) {
        response.setStatusCode(HttpStatus.CREATED);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setCacheControl("no-store");
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json.getBytes(StandardCharsets.UTF_8))));
    }
}
