package dev.rowcast.schemas.protocol;

import dev.rowcast.schemas.filter.Filter;

/// Client messages to JSON: what a client's library sends, here for our own clients and tests.
final class ClientWriter {
    private ClientWriter() {}

    static String write(ClientMessage message) {
        JsonWriter json =
                new JsonWriter(128).begin().text("type", message.type()).text("id", message.id());
        switch (message) {
            case ClientMessage.Subscribe subscribe -> payload(json, subscribe);
            case ClientMessage.Unsubscribe unsubscribe -> payload(json, unsubscribe);
            case ClientMessage.TokenRefresh refresh ->
                json.begin("payload").text("token", refresh.token()).end();
            case ClientMessage.Hello hello -> payload(json, hello);
            case ClientMessage.Wait wait ->
                json.begin("payload")
                        .text("lsn", wait.lsn())
                        .number("timeoutMs", wait.timeout().toMillis())
                        .end();
            case ClientMessage.Broadcast broadcast ->
                json.begin("payload")
                        .text("channel", broadcast.channel())
                        .fragment("data", broadcast.data())
                        .end();
            case ClientMessage.UnsubscribeAll all -> {}
            case ClientMessage.Ping ping -> {}
        }
        return json.end().json();
    }

    private static void payload(JsonWriter json, ClientMessage.Subscribe subscribe) {
        json.begin("payload").text("entityCode", subscribe.entityCode());
        if (subscribe.entityCode().isPresent()) {
            json.texts("entityIds", subscribe.entityIds());
        }
        json.textsUnlessEmpty("channels", subscribe.channels())
                .text("filter", subscribe.filter().map(Filter::canonical))
                .text("cursor", subscribe.cursor());
        if (subscribe.mode() != ClientMessage.Mode.KEYS) {
            json.text("mode", subscribe.mode().wire());
        }
        if (subscribe.presence()) {
            json.flag("presence");
        }
        json.end();
    }

    private static void payload(JsonWriter json, ClientMessage.Unsubscribe unsubscribe) {
        json.begin("payload").text("entityCode", unsubscribe.entityCode());
        unsubscribe.entityIds().ifPresent(ids -> json.texts("entityIds", ids));
        json.textsUnlessEmpty("channels", unsubscribe.channels())
                .text("filter", unsubscribe.filter().map(Filter::canonical))
                .end();
    }

    private static void payload(JsonWriter json, ClientMessage.Hello hello) {
        if (hello.cursor().isPresent() || hello.client().isPresent()) {
            json.begin("payload")
                    .text("cursor", hello.cursor())
                    .text("client", hello.client())
                    .end();
        }
    }
}
