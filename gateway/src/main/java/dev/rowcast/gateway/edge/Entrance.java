package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Authenticator;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Outcome;
import dev.rowcast.gateway.auth.Presented;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Where every request is let in or not, cheapest question first: room, then the credential. Fails closed.
public final class Entrance {

    private final Door door;
    private final Credentials credentials;
    private final Authenticator authenticator;

    public Entrance(Door door, Credentials credentials, Authenticator authenticator) {
        this.door = door;
        this.credentials = credentials;
        this.authenticator = authenticator;
    }

    /// Judges a request that wants to stay connected.
    ///
    /// @return the result, on the event loop of the request's channel
    Mono<Admission> admit(ServerWebExchange exchange, Scope scope) {
        Optional<ErrorCode> refusal = door.refusal();
        return refusal.isPresent()
                ? Mono.just(new Admission.Full(refusal.get()))
                : judge(exchange, credentials.ofConnection(exchange.getRequest()), scope);
    }

    /// Judges a request that is answered at once, so that it needs no room.
    ///
    /// @return the result, on the event loop of the request's channel; never [Admission.Full]
    public Mono<Admission> identify(ServerWebExchange exchange, Scope scope) {
        return judge(exchange, credentials.ofRequest(exchange.getRequest()), scope);
    }

    private Mono<Admission> judge(ServerWebExchange exchange, Presented presented, Scope scope) {
        Executor loop = Takeover.onEventLoop(exchange.getResponse());
        return Mono.fromCompletionStage(
                () -> authenticator.authenticate(presented, scope).thenApplyAsync(Entrance::admission, loop));
    }

    private static Admission admission(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Granted(Identity identity) -> new Admission.Admitted(identity);
            case Outcome.Refused(ErrorCode code, String reason) -> new Admission.Refused(code, reason);
        };
    }
}
