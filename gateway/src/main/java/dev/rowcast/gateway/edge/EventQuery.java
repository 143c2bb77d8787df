package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.protocol.ClientMessage;
import dev.rowcast.schemas.protocol.ClientMessage.Mode;
import dev.rowcast.schemas.protocol.ClientMessage.Subscribe;
import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/// The query of an event stream, as the `SUBSCRIBE` messages that say the same, judged by the protocol's own codec.
sealed interface EventQuery {

    /// What to subscribe to; one message for all channels and one for each entity code.
    record Wanted(List<Subscribe> wishes) implements EventQuery {}

    /// What is wrong with it.
    record Bad(ErrorCode code, String reason) implements EventQuery {}

    static EventQuery of(ServerHttpRequest request, ProtocolCodec codec) {
        MultiValueMap<String, String> query = request.getQueryParams();
        String modeName = Optional.ofNullable(query.getFirst("mode")).orElse(Mode.KEYS.wire());
        Optional<Mode> mode = Mode.of(modeName);
        if (mode.isEmpty()) {
            return new Bad(ErrorCode.INVALID_MESSAGE, "mode must be 'keys' or 'rows'.");
        }
        List<String> channels = query.getOrDefault("channel", List.of());
        Map<String, List<String>> entities = new LinkedHashMap<>();
        for (String entity : query.getOrDefault("entity", List.of())) {
            int colon = entity.indexOf(':');
            if (colon < 1) {
                return new Bad(ErrorCode.INVALID_MESSAGE, "entity must be 'code:id', such as 'source:77'.");
            }
            entities.computeIfAbsent(entity.substring(0, colon), code -> new ArrayList<>())
                    .add(entity.substring(colon + 1));
        }
        if (channels.isEmpty() && entities.isEmpty()) {
            return new Bad(
                    ErrorCode.INVALID_MESSAGE,
                    "Nothing to subscribe to; add channel=type:id or entity=code:id, each as often as needed.");
        }
        List<Subscribe> wishes = new ArrayList<>();
        Optional<String> cursor = cursor(request);
        if (!channels.isEmpty()) {
            wishes.add(new Subscribe(Optional.empty(), Optional.empty(), List.of(), channels, cursor, mode.get()));
        }
        entities.forEach((code, ids) ->
                wishes.add(new Subscribe(Optional.empty(), Optional.of(code), ids, List.of(), cursor, mode.get())));
        return judged(wishes, codec);
    }

    private static EventQuery judged(List<Subscribe> wishes, ProtocolCodec codec) {
        for (Subscribe wish : wishes) {
            if (codec.decode(codec.encode(wish)) instanceof Decoded.Failed<ClientMessage> failed) {
                return new Bad(failed.code(), failed.message());
            }
        }
        return new Wanted(wishes);
    }

    /// The header is the browser's own and newer than the address it once connected to.
    private static Optional<String> cursor(ServerHttpRequest request) {
        return Optional.ofNullable(request.getHeaders().getFirst("Last-Event-ID"))
                .or(() -> Optional.ofNullable(request.getQueryParams().getFirst("cursor")))
                .filter(text -> !text.isBlank());
    }
}
