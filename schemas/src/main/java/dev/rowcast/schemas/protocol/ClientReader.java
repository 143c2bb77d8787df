package dev.rowcast.schemas.protocol;

import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// JSON members to client messages, within the limits.
final class ClientReader {
    private final ProtocolLimits limits;
    private final TextRule tokenRule;
    private final TextRule cursorRule;

    ClientReader(ProtocolLimits limits) {
        this.limits = limits;
        this.tokenRule = TextRule.token(limits.tokenChars());
        this.cursorRule = TextRule.cursor(limits.cursorChars());
    }

    ClientMessage read(Members message, Optional<String> id) {
        String type = message.requiredText("type", TextRule.ANY);
        return switch (type) {
            case ClientMessage.Subscribe.TYPE -> subscribe(id, message.requiredObject("payload"));
            case ClientMessage.Unsubscribe.TYPE -> unsubscribe(id, message.requiredObject("payload"));
            case ClientMessage.UnsubscribeAll.TYPE -> new ClientMessage.UnsubscribeAll(id);
            case ClientMessage.Ping.TYPE -> new ClientMessage.Ping(id);
            case ClientMessage.TokenRefresh.TYPE ->
                new ClientMessage.TokenRefresh(
                        id, message.requiredObject("payload").requiredText("token", tokenRule));
            case ClientMessage.Hello.TYPE -> hello(id, message.object("payload"));
            case ClientMessage.Broadcast.TYPE -> broadcast(id, message.requiredObject("payload"));
            case ClientMessage.Wait.TYPE -> await(id, message.requiredObject("payload"));
            default ->
                throw new Refused(
                        ErrorCode.UNKNOWN_TYPE,
                        "There is no client message of type " + Shown.shortened(type)
                                + "; see the protocol page for the types.");
        };
    }

    private ClientMessage subscribe(Optional<String> id, Members payload) {
        Optional<String> entityCode = payload.text("entityCode", TextRule.ENTITY_CODE);
        Optional<List<String>> entityIds = payload.texts("entityIds", TextRule.ENTITY_ID);
        List<String> channels = payload.texts("channels", TextRule.CHANNEL).orElse(List.of());
        requireTarget(payload, entityCode, entityIds, channels);
        if (entityCode.isPresent() && entityIds.isEmpty()) {
            throw Members.invalid(payload.path("entityIds") + " is missing: name the entities of "
                    + Shown.shortened(entityCode.get()) + ", or subscribe to a channel.");
        }
        return new ClientMessage.Subscribe(
                id,
                entityCode,
                entityIds.orElse(List.of()),
                channels,
                filter(payload, channels),
                payload.text("cursor", cursorRule),
                mode(payload),
                presence(payload, channels));
    }

    private static boolean presence(Members payload, List<String> channels) {
        boolean wanted = payload.flag("presence");
        if (wanted && channels.isEmpty()) {
            throw Members.invalid(payload.path("presence")
                    + " is told of channels, and there are none: name channels, or leave it out.");
        }
        return wanted;
    }

    private ClientMessage unsubscribe(Optional<String> id, Members payload) {
        Optional<String> entityCode = payload.text("entityCode", TextRule.ENTITY_CODE);
        Optional<List<String>> entityIds = payload.texts("entityIds", TextRule.ENTITY_ID);
        List<String> channels = payload.texts("channels", TextRule.CHANNEL).orElse(List.of());
        requireTarget(payload, entityCode, entityIds, channels);
        return new ClientMessage.Unsubscribe(id, entityCode, entityIds, channels, filter(payload, channels));
    }

    private static Optional<Filter> filter(Members payload, List<String> channels) {
        Optional<String> text = payload.text("filter", TextRule.ANY);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (channels.isEmpty()) {
            throw new Refused(
                    ErrorCode.INVALID_FILTER,
                    payload.path("filter") + " narrows channels, and there are none: name channels, or leave it out.");
        }
        try {
            return Optional.of(Filter.parse(text.get()));
        } catch (FilterException e) {
            throw new Refused(ErrorCode.INVALID_FILTER, payload.path("filter") + ": " + e.reason());
        }
    }

    private static ClientMessage broadcast(Optional<String> id, Members payload) {
        String channel = payload.requiredText("channel", TextRule.CHANNEL);
        JsonNode data = payload.required("data");
        if (!isFinite(data)) {
            throw Members.invalid(payload.path("data") + " holds a number beyond any range.");
        }
        return new ClientMessage.Broadcast(id, channel, JsonFragment.trusted(data.toString()));
    }

    /// Whether all of its numbers can be written again.
    private static boolean isFinite(JsonNode node) {
        return node.isDouble()
                ? Double.isFinite(node.doubleValue())
                : node.valueStream().allMatch(ClientReader::isFinite);
    }

    private ClientMessage hello(Optional<String> id, Optional<Members> payload) {
        return new ClientMessage.Hello(
                id,
                payload.flatMap(members -> members.text("cursor", cursorRule)),
                payload.flatMap(members -> members.text("client", TextRule.CLIENT_NAME)));
    }

    private ClientMessage await(Optional<String> id, Members payload) {
        String lsn = payload.requiredText("lsn", TextRule.LSN);
        long timeoutMs =
                payload.requiredInteger("timeoutMs", 0, limits.waitTimeout().toMillis());
        return new ClientMessage.Wait(id, lsn, Duration.ofMillis(timeoutMs));
    }

    private static ClientMessage.Mode mode(Members payload) {
        Optional<String> name = payload.text("mode", TextRule.ANY);
        if (name.isEmpty()) {
            return ClientMessage.Mode.KEYS;
        }
        return ClientMessage.Mode.of(name.get())
                .orElseThrow(() -> Members.invalid(payload.path("mode") + " must be 'keys' or 'rows', but is "
                        + Shown.shortened(name.get()) + "."));
    }

    private void requireTarget(
            Members payload, Optional<String> entityCode, Optional<List<String>> entityIds, List<String> channels) {
        int targets = entityIds.map(List::size).orElse(0) + channels.size();
        if (targets > limits.idsPerMessage()) {
            throw new Refused(
                    ErrorCode.TOO_MANY_IDS,
                    "The message names " + targets + " entities and channels; send at most " + limits.idsPerMessage()
                            + ", or subscribe to the channel that holds them.");
        }
        if (entityCode.isEmpty() && entityIds.isPresent()) {
            throw Members.invalid(payload.path("entityCode") + " is missing: say of what kind the entityIds are.");
        }
        if (entityCode.isEmpty() && channels.isEmpty()) {
            throw Members.invalid(
                    "payload names nothing: send entityCode with entityIds, or channels such as [\"vault:42\"].");
        }
    }
}
