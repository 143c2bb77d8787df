package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Authenticator;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Outcome;
import dev.rowcast.gateway.auth.Presented;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Where every request is let in or not, cheapest question first: room, then the credential, then the page that made it
/// and how often it comes. Fails closed, but for the limits.
public final class Entrance {

    private final Door door;
    private final Credentials credentials;
    private final Authenticator authenticator;
    private final CrossOrigin crossOrigin;
    private final RequestLimits requests;
    private final Proxies proxies;

    public Entrance(
            Door door,
            Credentials credentials,
            Authenticator authenticator,
            CrossOrigin crossOrigin,
            RequestLimits requests,
            Proxies proxies) {
        this.door = door;
        this.credentials = credentials;
        this.authenticator = authenticator;
        this.crossOrigin = crossOrigin;
        this.requests = requests;
        this.proxies = proxies;
    }

    /// Judges a request that wants to stay connected.
    ///
    /// @return the result, on the event loop of the request's channel
    Mono<Admission> admit(ServerWebExchange exchange, Scope scope) {
        String network = proxies.network(exchange.getRequest());
        Optional<Admission.Full> full = door.refusal(network)
                .or(() -> requests.tooManyAttempts(exchange.getRequest())
                        .map(wait -> Door.later(ErrorCode.RATE_LIMITED, wait)));
        if (full.isPresent()) {
            return Mono.just(full.get());
        }
        return judge(exchange, credentials.ofConnection(exchange.getRequest()), scope)
                .map(admission -> switch (admission) {
                    case Admission.Admitted(Identity identity) -> seat(exchange, network, identity, admission);
                    case Admission.Full none -> none;
                    case Admission.Refused refused -> refused;
                });
    }

    /// Judges a request that is answered at once, so that it needs no room.
    ///
    /// @return the result, on the event loop of the request's channel; never [Admission.Full]
    public Mono<Admission> identify(ServerWebExchange exchange, Scope scope) {
        return recognize(exchange, scope).flatMap(admission -> switch (admission) {
            case Admission.Admitted(Identity identity) ->
                requests.count(exchange, identity, scope, List.of())
                        .map(counted -> counted.refusal()
                                .<Admission>map(refused -> refused)
                                .orElse(admission));
            case Admission.Full none -> Mono.just(none);
            case Admission.Refused refused ->
                requests.countUnknown(exchange)
                        .map(counted ->
                                counted.refusal().<Admission>map(over -> over).orElse(refused));
        });
    }

    /// The same, without counting the request as one of somebody who is known: that is left to the caller.
    Mono<Admission> recognize(ServerWebExchange exchange, Scope scope) {
        Optional<Duration> wait = requests.tooManyAttempts(exchange.getRequest());
        if (wait.isPresent()) {
            exchange.getResponse()
                    .getHeaders()
                    .set(HttpHeaders.RETRY_AFTER, Long.toString(Problems.seconds(wait.get())));
            return Mono.just(new Admission.Refused(ErrorCode.RATE_LIMITED, "Too many credentials that are none."));
        }
        return judge(exchange, credentials.ofRequest(exchange.getRequest()), scope);
    }

    private Mono<Admission> judge(ServerWebExchange exchange, Presented presented, Scope scope) {
        Executor loop = Takeover.onEventLoop(exchange.getResponse());
        return Mono.fromCompletionStage(() -> authenticator
                .authenticate(presented, scope)
                .thenApplyAsync(outcome -> admission(exchange, outcome), loop));
    }

    private Admission admission(ServerWebExchange exchange, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Granted(Identity identity) ->
                crossOrigin
                        .problem(exchange, identity.tenant())
                        .<Admission>map(reason -> new Admission.Refused(ErrorCode.ORIGIN_REFUSED, reason))
                        .orElseGet(() -> new Admission.Admitted(identity));
            case Outcome.Refused(ErrorCode code, String reason) -> {
                requests.refused(exchange.getRequest(), code);
                yield new Admission.Refused(code, reason);
            }
        };
    }

    private Admission seat(ServerWebExchange exchange, String network, Identity identity, Admission admitted) {
        return Takeover.channel(exchange.getResponse())
                .flatMap(channel -> door.sit(channel, network, identity))
                .<Admission>map(full -> full)
                .orElse(admitted);
    }
}
