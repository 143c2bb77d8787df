package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.gateway.channel.Refusal;
import dev.rowcast.gateway.edge.EventQuery.Manner;
import dev.rowcast.gateway.limit.Flow;
import dev.rowcast.gateway.session.Session;
import dev.rowcast.gateway.session.SessionServices;
import dev.rowcast.schemas.protocol.ClientMessage.Subscribe;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.SseFrame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// The handshakes of event streams and WebSockets. WebFlux answers them; then the channel changes hands.
@RestController
public final class Streams {

    private static final String EVENTS = "/v1/events";
    private static final String SOCKET = "/v1/socket";
    private static final MediaType EVENT_STREAM = MediaType.TEXT_EVENT_STREAM;

    private final SessionServices services;
    private final Entrance entrance;

    public Streams(SessionServices services, Entrance entrance) {
        this.services = services;
        this.entrance = entrance;
    }

    /// `GET /v1/events?channel=vault:42&entity=source:77&mode=rows`, and with `poll=true` one answer instead of a
    /// stream.
    @GetMapping(EVENTS)
    public Mono<Void> events(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        ServerHttpResponse response = exchange.getResponse();
        return entrance.admit(exchange, Scope.SUBSCRIBE).flatMap(admission -> switch (admission) {
            case Admission.Full(ErrorCode code, Duration retryAfter)
            when EventQuery.isLongPoll(request) -> Problems.write(response, code, code.remedy(), retryAfter);
            case Admission.Full(ErrorCode code, Duration retryAfter) -> later(exchange, code, retryAfter);
            case Admission.Refused(ErrorCode code, String reason)
            when comesBackForNothing(request, code) -> {
                AccessLog.refused(exchange, code);
                response.setStatusCode(HttpStatus.NO_CONTENT);
                yield response.setComplete();
            }
            case Admission.Refused(ErrorCode code, String reason) -> Problems.write(response, code, reason);
            case Admission.Admitted(Identity identity) ->
                switch (EventQuery.of(
                        request,
                        services.codec(),
                        services.filters(),
                        services.limits().poll())) {
                    case EventQuery.Bad(ErrorCode code, String reason) -> Problems.write(response, code, reason);
                    case EventQuery.Wanted(List<Subscribe> wishes, Manner.Stream stream) ->
                        stream(exchange, identity, wishes, stream);
                    case EventQuery.Wanted(List<Subscribe> wishes, Manner.LongPoll poll) ->
                        poll(exchange, identity, wishes, poll);
                };
        });
    }

    /// Whether a request is for one of these. What merely says that it wants to become a socket is none.
    static boolean isHandshake(ServerHttpRequest request) {
        String path = request.getPath().value();
        boolean reads = List.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.getMethod());
        boolean becomesSocket = (path.equals(SOCKET) || path.equals("/")) && CrossOrigin.isHandshake(request);
        return reads && (path.equals(EVENTS) || becomesSocket);
    }

    /// Whether a browser's `EventSource` resumes by itself with a credential that will not be good again.
    private static boolean comesBackForNothing(ServerHttpRequest request, ErrorCode code) {
        return request.getHeaders().getFirst("Last-Event-ID") != null
                && !EventQuery.isLongPoll(request)
                && code.closeCode().filter(cause -> !cause.reconnect()).isPresent();
    }

    /// `GET /v1/socket`, and `/` as the RxDB protocol has it.
    @GetMapping(
            path = {SOCKET, "/"},
            headers = "Upgrade=websocket")
    public Mono<Void> socket(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        return entrance.admit(exchange, Scope.SUBSCRIBE).flatMap(admission -> switch (admission) {
            case Admission.Full(ErrorCode code, Duration retryAfter) ->
                Problems.write(response, code, code.remedy(), retryAfter);
            case Admission.Refused(ErrorCode code, String reason)
            when code == ErrorCode.ORIGIN_REFUSED -> Problems.write(response, code, reason);
            case Admission.Refused(ErrorCode code, String reason) -> {
                AccessLog.refused(exchange, code);
                yield upgrade(exchange, bare -> refuse(bare, code, reason));
            }
            case Admission.Admitted(Identity identity) -> {
                String connection = connection(exchange);
                yield upgrade(
                        exchange,
                        bare -> Optional.of(Inbound.socket(
                                open(bare, connection, identity, Form.WEBSOCKET, List.of()),
                                services.limits().protocol().frameBytes())));
            }
        });
    }

    private Session open(Channel bare, String connection, Identity identity, Form form, List<Subscribe> wishes) {
        return Session.open(
                services, connection, identity, form, CountedWire.of(bare, connection, identity, form), wishes);
    }

    /// The id of what the request becomes, which its line in the access log tells.
    private static String connection(ServerWebExchange exchange) {
        String id = UUID.randomUUID().toString();
        AccessLog.becomes(exchange, id);
        return id;
    }

    /// A browser's script cannot read the status of a refused handshake, but it can read a message.
    private Optional<ChannelHandler> refuse(Channel bare, ErrorCode code, String reason) {
        long began = System.nanoTime();
        CloseCause cause = new CloseCause.Ours(code.closeCode().orElse(CloseCode.AUTH_FAILED));
        services.breaches().closed(cause.label());
        bare.closeFuture()
                .addListener(closed ->
                        AccessLog.refused(Form.WEBSOCKET, cause, Duration.ofNanos(System.nanoTime() - began)));
        Refusal.write(bare, Form.WEBSOCKET, services.codec().encode(new ServerMessage.Error(reason, code)), cause);
        return Optional.empty();
    }

    private Mono<Void> upgrade(ServerWebExchange exchange, Takeover.Heir heir) {
        ServerHttpResponse response = exchange.getResponse();
        Optional<Channel> channel = Takeover.channel(response);
        if (channel.isEmpty() || !Upgrade.prepare(exchange)) {
            return Problems.write(
                    response, ErrorCode.INVALID_MESSAGE, "This is no WebSocket handshake of RFC 6455 over HTTP/1.1.");
        }
        Takeover.begin(channel.get(), false, flow(), heir);
        return response.setComplete();
    }

    private Mono<Void> poll(
            ServerWebExchange exchange, Identity identity, List<Subscribe> wishes, Manner.LongPoll manner) {
        ServerHttpResponse response = exchange.getResponse();
        String connection = connection(exchange);
        boolean atOnce = wishes.stream().allMatch(wish -> wish.cursor().isEmpty());
        LongPoll poll = new LongPoll(
                Takeover.eventLoop(response), atOnce, services.limits().flow().pendingBytes());
        var answer = poll.begin(
                wire -> Session.open(services, connection, identity, Form.LONG_POLL, wire, wishes),
                manner.longest(),
                services.limits().answer());
        return Mono.fromFuture(answer)
                .flatMap(json -> {
                    byte[] body = json.getBytes(StandardCharsets.UTF_8);
                    response.setStatusCode(HttpStatus.OK);
                    HttpHeaders headers = response.getHeaders();
                    headers.setContentType(MediaType.APPLICATION_JSON);
                    headers.setContentLength(body.length);
                    headers.setCacheControl("no-store");
                    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
                })
                .doFinally(signal -> poll.close());
    }

    private Mono<Void> stream(
            ServerWebExchange exchange, Identity identity, List<Subscribe> wishes, Manner.Stream manner) {
        ServerHttpResponse response = exchange.getResponse();
        Optional<Channel> channel = Takeover.channel(response);
        if (channel.isEmpty()) {
            return Problems.write(response, ErrorCode.INVALID_MESSAGE, "Event streams are served over HTTP/1.1.");
        }
        setHead(response);
        boolean chunked = !Takeover.isHttp10(exchange.getRequest());
        Form form = chunked ? Form.SSE_CHUNKED : Form.SSE_PLAIN;
        String connection = connection(exchange);
        Takeover.begin(channel.get(), chunked, flow(), bare -> {
            Session session = open(bare, connection, identity, form, wishes);
            if (manner.prelude()) {
                session.prelude();
            }
            return Optional.of(Inbound.eventStream(session));
        });
        return response.setComplete();
    }

    private static void setHead(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(EVENT_STREAM);
        headers.setCacheControl("no-cache, no-store, no-transform");
        headers.set("X-Accel-Buffering", "no");
    }

    /// A browser's `EventSource` gives up on any other status, so this is a stream that says when to come back.
    private Mono<Void> later(ServerWebExchange exchange, ErrorCode code, Duration retry) {
        AccessLog.refused(exchange, code);
        ServerHttpResponse response = exchange.getResponse();
        setHead(response);
        String json = services.codec().encode(new ServerMessage.Error(code.meaning(), code, Optional.of(retry)));
        String text =
                SseFrame.retry(retry) + SseFrame.of(json, Optional.empty()).text();
        return response.writeWith(Mono.just(response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    private Flow flow() {
        return services.limits().flow();
    }
}
