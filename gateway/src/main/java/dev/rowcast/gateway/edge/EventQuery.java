package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import dev.rowcast.schemas.filter.FilterRules;
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
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/// The query of an event stream, as the `SUBSCRIBE` messages that say the same, judged by the protocol's own codec.
sealed interface EventQuery {

    /// What to subscribe to; one message for all channels and one for each entity code.
    record Wanted(List<Subscribe> wishes) implements EventQuery {}

    /// What is wrong with it.
    record Bad(ErrorCode code, String reason) implements EventQuery {}

    static EventQuery of(ServerHttpRequest request, ProtocolCodec codec, FilterRules filters) {
        MultiValueMap<String, String> query = request.getQueryParams();
        String modeName = Optional.ofNullable(query.getFirst("mode")).orElse(Mode.KEYS.wire());
        Optional<Mode> mode = Mode.of(modeName);
        if (mode.isEmpty()) {
            return new Bad(ErrorCode.INVALID_MESSAGE, "mode must be 'keys' or 'rows'.");
        }
        String presence = Optional.ofNullable(query.getFirst("presence")).orElse("false");
        if (!presence.equals("true") && !presence.equals("false")) {
            return new Bad(ErrorCode.INVALID_MESSAGE, "presence must be 'true' or 'false'.");
        }
        List<String> channels = values(query, "channel");
        if (presence.equals("true") && channels.isEmpty()) {
            return new Bad(
                    ErrorCode.INVALID_MESSAGE,
                    "presence is told of channels, and there are none: add channel=type:id.");
        }
        Map<String, List<String>> entities = new LinkedHashMap<>();
        for (String entity : values(query, "entity")) {
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
        Optional<Filter> filter;
        try {
            filter = filter(values(query, "filter"), channels, filters);
        } catch (FilterException e) {
            return new Bad(ErrorCode.INVALID_FILTER, e.reason());
        }
        List<Subscribe> wishes = new ArrayList<>();
        Optional<String> cursor = cursor(request);
        if (!channels.isEmpty()) {
            wishes.add(new Subscribe(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    channels,
                    filter,
                    cursor,
                    mode.get(),
                    presence.equals("true")));
        }
        entities.forEach((code, ids) -> wishes.add(new Subscribe(
                Optional.empty(), Optional.of(code), ids, List.of(), Optional.empty(), cursor, mode.get(), false)));
        return judged(wishes, codec);
    }

    /// What passes all of them, as PostgREST takes parameters that come several times.
    private static Optional<Filter> filter(List<String> texts, List<String> channels, FilterRules rules)
            throws FilterException {
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        if (channels.isEmpty()) {
            throw new FilterException("filter narrows channels, and there are none: add channel=type:id.");
        }
        Optional<Filter> filter = Optional.of(Filter.parseAll(texts));
        Optional<String> problem = rules.problem(filter, channels);
        if (problem.isPresent()) {
            throw new FilterException(problem.get());
        }
        return filter;
    }

    private static EventQuery judged(List<Subscribe> wishes, ProtocolCodec codec) {
        for (Subscribe wish : wishes) {
            if (codec.decode(codec.encode(wish)) instanceof Decoded.Failed<ClientMessage> failed) {
                return new Bad(failed.code(), failed.message());
            }
        }
        return new Wanted(wishes);
    }

    /// A parameter without a value has an empty one.
    private static List<String> values(MultiValueMap<String, String> query, String name) {
        return query.getOrDefault(name, List.of()).stream()
                .map(value -> Objects.requireNonNullElse(value, ""))
                .toList();
    }

    /// The header is the browser's own and newer than the address it once connected to.
    private static Optional<String> cursor(ServerHttpRequest request) {
        return Optional.ofNullable(request.getHeaders().getFirst("Last-Event-ID"))
                .or(() -> Optional.ofNullable(request.getQueryParams().getFirst("cursor")))
                .filter(text -> !text.isBlank());
    }
}
