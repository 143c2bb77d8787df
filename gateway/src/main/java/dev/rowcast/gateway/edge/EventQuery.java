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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/// The query of an event stream or a long-poll, as the `SUBSCRIBE` messages that say the same, judged by the protocol's
/// own codec.
sealed interface EventQuery {

    /// What to subscribe to; one message for all channels and one for each entity code.
    record Wanted(List<Subscribe> wishes, Manner manner) implements EventQuery {}

    /// What is wrong with it.
    record Bad(ErrorCode code, String reason) implements EventQuery {}

    /// How the messages are to come.
    sealed interface Manner {

        /// As long as the connection lasts.
        ///
        /// @param prelude whether 2 KB without a meaning come too, for a proxy that keeps the first ones back
        record Stream(boolean prelude) implements Manner {}

        /// In one answer.
        ///
        /// @param longest to wait for news
        record LongPoll(Duration longest) implements Manner {}
    }

    /// Whether the client reads one answer, and so its status.
    static boolean isLongPoll(ServerHttpRequest request) {
        return "true".equals(request.getQueryParams().getFirst("poll"));
    }

    static EventQuery of(ServerHttpRequest request, ProtocolCodec codec, FilterRules filters, Duration longestPoll) {
        try {
            return judged(wanted(request, filters, longestPoll), codec);
        } catch (FilterException e) {
            return new Bad(ErrorCode.INVALID_FILTER, e.reason());
        } catch (BadParameterException e) {
            return new Bad(ErrorCode.INVALID_MESSAGE, e.reason());
        }
    }

    private static Wanted wanted(ServerHttpRequest request, FilterRules filters, Duration longestPoll)
            throws FilterException, BadParameterException {
        MultiValueMap<String, String> query = request.getQueryParams();
        String modeName = Optional.ofNullable(query.getFirst("mode")).orElse(Mode.KEYS.wire());
        Mode mode = Mode.of(modeName).orElseThrow(() -> new BadParameterException("mode must be 'keys' or 'rows'."));
        boolean presence = flag(query, "presence");
        List<String> channels = values(query, "channel");
        if (presence && channels.isEmpty()) {
            throw new BadParameterException("presence is told of channels, and there are none: add channel=type:id.");
        }
        Manner manner = manner(query, longestPoll);
        if (presence && manner instanceof Manner.LongPoll) {
            throw new BadParameterException(
                    "presence needs a connection that stays: leave poll away, or use the WebSocket.");
        }
        Map<String, List<String>> entities = entities(query);
        if (channels.isEmpty() && entities.isEmpty()) {
            throw new BadParameterException(
                    "Nothing to subscribe to; add channel=type:id or entity=code:id, each as often as needed.");
        }
        Optional<Filter> filter = filter(values(query, "filter"), channels, filters);
        List<Subscribe> wishes = new ArrayList<>();
        Optional<String> cursor = cursor(request);
        if (!channels.isEmpty()) {
            wishes.add(new Subscribe(
                    Optional.empty(), Optional.empty(), List.of(), channels, filter, cursor, mode, presence));
        }
        entities.forEach((code, ids) -> wishes.add(new Subscribe(
                Optional.empty(), Optional.of(code), ids, List.of(), Optional.empty(), cursor, mode, false)));
        return new Wanted(wishes, manner);
    }

    private static Map<String, List<String>> entities(MultiValueMap<String, String> query)
            throws BadParameterException {
        Map<String, List<String>> entities = new LinkedHashMap<>();
        for (String entity : values(query, "entity")) {
            int colon = entity.indexOf(':');
            if (colon < 1) {
                throw new BadParameterException("entity must be 'code:id', such as 'source:77'.");
            }
            entities.computeIfAbsent(entity.substring(0, colon), code -> new ArrayList<>())
                    .add(entity.substring(colon + 1));
        }
        return entities;
    }

    private static Manner manner(MultiValueMap<String, String> query, Duration longestPoll)
            throws BadParameterException {
        boolean prelude = flag(query, "prelude");
        if (!flag(query, "poll")) {
            return new Manner.Stream(prelude);
        }
        String wait = query.getFirst("wait");
        if (wait == null) {
            return new Manner.LongPoll(longestPoll);
        }
        Duration asked = wait.matches("\\d{1,4}") ? Duration.ofSeconds(Integer.parseInt(wait)) : Duration.ofDays(1);
        if (asked.compareTo(longestPoll) > 0) {
            throw new BadParameterException(
                    "wait must be whole seconds from 0 to %d.".formatted(longestPoll.toSeconds()));
        }
        return new Manner.LongPoll(asked);
    }

    private static boolean flag(MultiValueMap<String, String> query, String name) throws BadParameterException {
        return switch (Optional.ofNullable(query.getFirst(name)).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadParameterException(name + " must be 'true' or 'false'.");
        };
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

    private static EventQuery judged(Wanted wanted, ProtocolCodec codec) {
        for (Subscribe wish : wanted.wishes()) {
            if (codec.decode(codec.encode(wish)) instanceof Decoded.Failed<ClientMessage> failed) {
                return new Bad(failed.code(), failed.message());
            }
        }
        return wanted;
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
