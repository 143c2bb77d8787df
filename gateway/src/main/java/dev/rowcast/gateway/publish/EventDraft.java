package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.avro.PublishedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One event of a body while its members are read. Keeps the first mistake. What the texts may hold is judged later.
final class EventDraft {

    private static final int LONGEST_SHOWN = 40;

    private final String body;
    private @Nullable String id;
    private @Nullable String type;
    private @Nullable List<String> channels;
    private @Nullable String collection;
    private @Nullable String slug;
    private @Nullable String itemId;
    private String metadata = "{}";
    private @Nullable String mistake;

    /// @param body the text that is read
    EventDraft(String body) {
        this.body = body;
    }

    /// Takes one member, to the end of its value. `null` counts as absent.
    ///
    /// @param json at the value's first token
    void member(String name, JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NULL && isMember(name)) {
            return;
        }
        switch (name) {
            case "id" -> id = text(name, json);
            case "type" -> type = text(name, json);
            case "channels" -> channels = texts(name, json);
            case "collection" -> collection = text(name, json);
            case "slug" -> slug = text(name, json);
            case "itemId" -> itemId = text(name, json);
            case "metadata" -> metadata = object(name, json);
            default -> {
                json.skipChildren();
                wrong("there is no member %s; an event has id, type, channels, collection, slug, itemId and metadata"
                        .formatted(shown(name)));
            }
        }
    }

    private static boolean isMember(String name) {
        return switch (name) {
            case "id", "type", "channels", "collection", "slug", "itemId", "metadata" -> true;
            default -> false;
        };
    }

    /// The event; empty when there is a [#mistake].
    ///
    /// @param otherId its id when it brought none
    Optional<PublishedEvent> event(String otherId, long nowUs) {
        if (type == null) {
            wrong("type is missing; name one of the catalog's events");
        }
        if (channels == null) {
            wrong("channels is missing; name at least one, such as [\"site:7\"]");
        }
        return mistake != null || type == null || channels == null
                ? Optional.empty()
                : Optional.of(new PublishedEvent(
                        id == null ? otherId : id, type, channels, collection, slug, itemId, metadata, nowUs));
    }

    String mistake() {
        return mistake == null ? "" : mistake;
    }

    private @Nullable String text(String name, JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getString();
        }
        json.skipChildren();
        wrong("%s must be text in quotes".formatted(name));
        return null;
    }

    private @Nullable List<String> texts(String name, JsonParser json) {
        List<String> texts = new ArrayList<>();
        boolean good = json.currentToken() == JsonToken.START_ARRAY;
        if (good) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() == JsonToken.VALUE_STRING) {
                    texts.add(json.getString());
                } else {
                    json.skipChildren();
                    good = false;
                }
            }
        } else {
            json.skipChildren();
        }
        if (!good) {
            wrong("%s must be a list of texts such as [\"site:7\"]".formatted(name));
        }
        return good ? texts : null;
    }

    /// The very text of the object, so that no number loses a digit.
    private String object(String name, JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            wrong("%s must be a JSON object".formatted(name));
            return "{}";
        }
        int start = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        return body.substring(start, (int) json.currentTokenLocation().getCharOffset() + 1);
    }

    private void wrong(String what) {
        if (mistake == null) {
            mistake = what;
        }
    }

    private static String shown(String name) {
        String head = name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "…";
        return '"' + head.replaceAll("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]", "?") + '"';
    }
}
