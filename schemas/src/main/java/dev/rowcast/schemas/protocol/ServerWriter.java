package dev.rowcast.schemas.protocol;

/// Server messages to JSON. `cursor` is always the last member, so that [Frames#withCursor] can append it to a frame
/// that was rendered elsewhere.
final class ServerWriter {
    private ServerWriter() {}

    static String write(Envelope envelope) {
        ServerMessage message = envelope.message();
        JsonWriter json =
                new JsonWriter(256).begin().text("type", message.type()).text("id", envelope.id());
        payload(json, message);
        json.text("tx", envelope.tx());
        envelope.xid().ifPresent(xid -> json.number("xid", xid));
        return json.text("cursor", envelope.cursor()).end().json();
    }

    private static void payload(JsonWriter json, ServerMessage message) {
        if (message instanceof ServerMessage.Pong) {
            return;
        }
        json.begin("payload");
        switch (message) {
            case ServerMessage.Invalidate invalidate -> members(json, invalidate);
            case ServerMessage.Change change -> members(json, change);
            case ServerMessage.Content content -> members(json, content);
            case ServerMessage.Subscribed subscribed -> members(json, subscribed);
            case ServerMessage.Welcome welcome ->
                json.text("connectionId", welcome.connectionId())
                        .text("protocol", welcome.protocol())
                        .number("heartbeatMs", welcome.heartbeat().toMillis());
            case ServerMessage.TokenExpiringSoon soon ->
                json.number("expiresIn", soon.expiresIn().toSeconds());
            case ServerMessage.Error error -> {
                json.text("message", error.message()).text("code", error.code().name());
                error.retryAfter().ifPresent(after -> json.number("retryAfterMs", after.toMillis()));
            }
            case ServerMessage.Progress progress ->
                json.text("lsn", progress.lsn()).number("lagMs", progress.lag().toMillis());
            case ServerMessage.Presence presence -> members(json, presence);
            case ServerMessage.Broadcast broadcast ->
                json.text("channel", broadcast.channel())
                        .text("from", broadcast.from())
                        .fragment("data", broadcast.data());
            case ServerMessage.Revoked revoked ->
                json.texts("targets", revoked.targets())
                        .text("reason", revoked.reason().name());
            case ServerMessage.Reset reset ->
                json.text("reason", reset.reason().name()).textsUnlessEmpty("targets", reset.targets());
            case ServerMessage.Reached reached -> json.text("lsn", reached.lsn());
            case ServerMessage.Goaway goaway ->
                json.text("reason", goaway.reason().name())
                        .number("retryAfterMs", goaway.retryAfter().toMillis());
            case ServerMessage.Pong pong -> {}
        }
        json.end();
    }

    private static void members(JsonWriter json, ServerMessage.Invalidate invalidate) {
        json.text("entityCode", invalidate.entityCode()).beginList("changes");
        for (ServerMessage.Invalidate.EntityChange change : invalidate.changes()) {
            json.begin()
                    .text("entityId", change.entityId())
                    .text("action", change.action().name());
            change.version().ifPresent(version -> json.number("version", version));
            json.end();
        }
        json.endList().time("timestamp", invalidate.timestamp());
        if (invalidate.coalesced()) {
            json.flag("coalesced");
        }
    }

    private static void members(JsonWriter json, ServerMessage.Change change) {
        json.text("table", change.table())
                .text("eventType", change.eventType().name())
                .text("entityCode", change.entityCode())
                .text("entityId", change.entityId())
                .number("version", change.version())
                .text("lsn", change.lsn())
                .row("new", change.newRow())
                .row("old", change.oldRow())
                .textsUnlessEmpty("unchanged", change.unchanged())
                .time("timestamp", change.timestamp());
    }

    private static void members(JsonWriter json, ServerMessage.Content content) {
        json.text("event", content.event())
                .text("site_id", content.siteId())
                .text("collection", content.collection())
                .text("slug", content.slug())
                .text("item_id", content.itemId())
                .time("timestamp", content.timestamp())
                .fragment("metadata", content.metadata());
    }

    private static void members(JsonWriter json, ServerMessage.Presence presence) {
        json.text("channel", presence.channel()).number("count", presence.count());
        if (presence.full()) {
            json.flag("full");
        }
        json.textsUnlessEmpty("joined", presence.joined()).textsUnlessEmpty("left", presence.left());
    }

    private static void members(JsonWriter json, ServerMessage.Subscribed subscribed) {
        json.number("count", subscribed.count()).text("filter", subscribed.filter());
        if (!subscribed.rejected().isEmpty()) {
            json.beginList("rejected");
            for (ServerMessage.Subscribed.Rejection rejection : subscribed.rejected()) {
                json.begin()
                        .text("target", rejection.target())
                        .text("code", rejection.code().name())
                        .end();
            }
            json.endList();
        }
    }
}
