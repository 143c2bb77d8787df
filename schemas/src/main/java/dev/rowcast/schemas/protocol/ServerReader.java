package dev.rowcast.schemas.protocol;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;

/// JSON members to server messages: for our own clients and tests.
final class ServerReader {
    private ServerReader() {}

    static Envelope read(Members message, Optional<String> id) {
        String type = message.requiredText("type", TextRule.ANY);
        return new Envelope(
                type.equals(ServerMessage.Pong.TYPE)
                        ? new ServerMessage.Pong()
                        : message(type, message.requiredObject("payload")),
                id,
                message.text("tx", TextRule.ANY),
                optionalCounter(message, "xid"),
                message.text("cursor", TextRule.ANY));
    }

    private static ServerMessage message(String type, Members payload) {
        return switch (type) {
            case ServerMessage.Welcome.TYPE ->
                new ServerMessage.Welcome(
                        text(payload, "connectionId"), text(payload, "protocol"), millis(payload, "heartbeatMs"));
            case ServerMessage.Subscribed.TYPE -> subscribed(payload);
            case ServerMessage.Invalidate.TYPE -> invalidate(payload);
            case ServerMessage.Change.TYPE -> change(payload);
            case ServerMessage.Content.TYPE -> content(payload);
            case ServerMessage.TokenExpiringSoon.TYPE ->
                new ServerMessage.TokenExpiringSoon(Duration.ofSeconds(counter(payload, "expiresIn")));
            case ServerMessage.Error.TYPE ->
                new ServerMessage.Error(
                        text(payload, "message"),
                        payload.requiredName("code", ErrorCode.class),
                        payload.integer("retryAfterMs", 0, Checks.MAX_SAFE_INTEGER)
                                .map(Duration::ofMillis));
            case ServerMessage.Progress.TYPE ->
                new ServerMessage.Progress(payload.requiredText("lsn", TextRule.LSN), millis(payload, "lagMs"));
            case ServerMessage.Presence.TYPE ->
                new ServerMessage.Presence(
                        text(payload, "channel"),
                        (int) payload.requiredInteger("count", 0, Integer.MAX_VALUE),
                        payload.flag("full"),
                        texts(payload, "joined"),
                        texts(payload, "left"));
            case ServerMessage.Broadcast.TYPE ->
                new ServerMessage.Broadcast(
                        text(payload, "channel"),
                        payload.text("from", TextRule.ANY),
                        JsonFragment.trusted(payload.required("data").toString()));
            case ServerMessage.Revoked.TYPE ->
                new ServerMessage.Revoked(
                        texts(payload, "targets"), payload.requiredName("reason", ServerMessage.Revoked.Reason.class));
            case ServerMessage.Reset.TYPE ->
                new ServerMessage.Reset(
                        payload.requiredName("reason", ServerMessage.Reset.Reason.class), texts(payload, "targets"));
            case ServerMessage.Reached.TYPE -> new ServerMessage.Reached(payload.requiredText("lsn", TextRule.LSN));
            case ServerMessage.Goaway.TYPE ->
                new ServerMessage.Goaway(
                        payload.requiredName("reason", CloseCode.class), millis(payload, "retryAfterMs"));
            default ->
                throw new Refused(
                        ErrorCode.UNKNOWN_TYPE, "There is no server message of type " + Shown.shortened(type) + ".");
        };
    }

    private static ServerMessage subscribed(Members payload) {
        int count = (int) payload.requiredInteger("count", 0, Integer.MAX_VALUE);
        List<ServerMessage.Subscribed.Rejection> rejected = objects(payload, "rejected").stream()
                .map(each -> new ServerMessage.Subscribed.Rejection(
                        text(each, "target"), each.requiredName("code", ErrorCode.class)))
                .toList();
        return new ServerMessage.Subscribed(count, payload.text("filter", TextRule.ANY), rejected);
    }

    private static ServerMessage invalidate(Members payload) {
        payload.required("changes");
        List<ServerMessage.Invalidate.EntityChange> changes = objects(payload, "changes").stream()
                .map(each -> new ServerMessage.Invalidate.EntityChange(
                        text(each, "entityId"),
                        each.requiredName("action", ServerMessage.Invalidate.Action.class),
                        optionalCounter(each, "version")))
                .toList();
        return new ServerMessage.Invalidate(
                text(payload, "entityCode"), changes, payload.requiredTime("timestamp"), payload.flag("coalesced"));
    }

    private static ServerMessage change(Members payload) {
        return new ServerMessage.Change(
                text(payload, "table"),
                payload.requiredName("eventType", ServerMessage.Change.EventType.class),
                text(payload, "entityCode"),
                payload.text("entityId", TextRule.ANY),
                counter(payload, "version"),
                payload.requiredText("lsn", TextRule.LSN),
                row(payload, "new"),
                row(payload, "old"),
                texts(payload, "unchanged"),
                payload.requiredTime("timestamp"));
    }

    private static ServerMessage content(Members payload) {
        payload.requiredObject("metadata");
        return new ServerMessage.Content(
                text(payload, "event"),
                text(payload, "site_id"),
                payload.text("collection", TextRule.ANY),
                payload.text("slug", TextRule.ANY),
                payload.text("item_id", TextRule.ANY),
                payload.requiredTime("timestamp"),
                JsonFragment.trusted(payload.required("metadata").toString()));
    }

    /// The columns' text is written again from what was read: equal as JSON, white space aside.
    private static Optional<RowImage> row(Members payload, String name) {
        return payload.object(name).map(Members::node).map(node -> {
            SequencedMap<String, JsonFragment> columns = new LinkedHashMap<>();
            node.properties()
                    .forEach(column -> columns.put(
                            column.getKey(),
                            JsonFragment.trusted(column.getValue().toString())));
            return new RowImage(columns);
        });
    }

    private static String text(Members members, String name) {
        return members.requiredText(name, TextRule.ANY);
    }

    private static List<String> texts(Members members, String name) {
        return members.texts(name, TextRule.ANY).orElse(List.of());
    }

    private static List<Members> objects(Members members, String name) {
        return members.objects(name).orElse(List.of());
    }

    private static long counter(Members members, String name) {
        return members.requiredInteger(name, 0, Checks.MAX_SAFE_INTEGER);
    }

    private static OptionalLong optionalCounter(Members members, String name) {
        return members.integer(name, 0, Checks.MAX_SAFE_INTEGER)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private static Duration millis(Members members, String name) {
        return Duration.ofMillis(counter(members, name));
    }
}
