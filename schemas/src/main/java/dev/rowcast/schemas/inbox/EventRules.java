package dev.rowcast.schemas.inbox;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.EventType;
import dev.rowcast.schemas.inbox.Refusal.Code;
import dev.rowcast.schemas.protocol.JsonFragment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an event may hold. Gateways ask before they take one, ingest before it orders one, so the two agree.
///
/// Instances are safe for use by several threads.
public final class EventRules {

    /// The longest id of an event, in characters.
    public static final int MAX_ID_CHARS = 128;

    /// How many channels one event may address.
    public static final int MAX_CHANNELS = 16;

    /// The longest `collection`, `slug` and `itemId`, in characters.
    public static final int MAX_TEXT_CHARS = 256;

    /// The longest `metadata`, in bytes of UTF-8.
    public static final int MAX_METADATA_BYTES = 64 * 1024;

    private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;
    private static final int LONGEST_SHOWN = 40;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]");

    /// As clients may subscribe to it.
    private static final Pattern CHANNEL = Pattern.compile("([a-z][a-z0-9_-]{0,62}):[A-Za-z0-9._~@:-]{1,128}");

    private final Catalog catalog;

    /// @param catalog says which types there are, and which channels they may address
    public EventRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /// Why the event cannot be taken; empty when it can.
    public Optional<Refusal> refuse(PublishedEvent event) {
        Optional<EventType> type = catalog.event(event.getType());
        if (type.isEmpty()) {
            return refused(
                    Code.UNKNOWN_EVENT,
                    "type %s is not in the catalog's events %s"
                            .formatted(shown(event.getType()), catalog.events().keySet()));
        }
        return channels(type.get(), event.getChannels())
                .or(() -> id(event.getId()))
                .or(() -> text("collection", event.getCollection()))
                .or(() -> text("slug", event.getSlug()))
                .or(() -> text("itemId", event.getItemId()))
                .or(() -> time(event.getPublishedUs()))
                .or(() -> metadata(event.getMetadata()));
    }

    private static Optional<Refusal> channels(EventType type, List<String> channels) {
        if (channels.isEmpty() || channels.size() > MAX_CHANNELS) {
            return refused(
                    Code.BAD_CHANNEL, "channels must be 1 to %d, are %d".formatted(MAX_CHANNELS, channels.size()));
        }
        for (String channel : channels) {
            var matched = CHANNEL.matcher(channel);
            if (!matched.matches()) {
                return refused(
                        Code.BAD_CHANNEL, "channels must be such as \"site:7\", one is %s".formatted(shown(channel)));
            }
            if (!type.channels().contains(matched.group(1))) {
                return refused(
                        Code.BAD_CHANNEL,
                        "%s may address channels of type %s, not %s"
                                .formatted(type.name(), type.channels(), shown(channel)));
            }
        }
        return new HashSet<>(channels).size() < channels.size()
                ? refused(Code.BAD_CHANNEL, "one of the channels stands twice")
                : Optional.empty();
    }

    private static Optional<Refusal> id(String id) {
        if (id.isEmpty()) {
            return refused(Code.BAD_EVENT, "id is empty");
        }
        return plain("id", id, MAX_ID_CHARS);
    }

    private static Optional<Refusal> text(String field, @Nullable String value) {
        return value == null ? Optional.empty() : plain(field, value, MAX_TEXT_CHARS);
    }

    private static Optional<Refusal> plain(String field, String value, int longest) {
        if (value.length() > longest) {
            return refused(
                    Code.BAD_EVENT, "%s has %d characters, at most are %d".formatted(field, value.length(), longest));
        }
        return CONTROL.matcher(value).find()
                ? refused(Code.BAD_EVENT, field + " holds control characters")
                : Optional.empty();
    }

    private static Optional<Refusal> time(long publishedUs) {
        return publishedUs < 0 || publishedUs > MAX_SAFE_INTEGER
                ? refused(Code.BAD_EVENT, "publishedUs must be 0 to 2^53 - 1, is " + publishedUs)
                : Optional.empty();
    }

    private static Optional<Refusal> metadata(String json) {
        if (json.length() > MAX_METADATA_BYTES || json.getBytes(StandardCharsets.UTF_8).length > MAX_METADATA_BYTES) {
            return refused(Code.BAD_EVENT, "metadata has more than %d bytes".formatted(MAX_METADATA_BYTES));
        }
        try {
            JsonFragment.object(json);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return refused(Code.BAD_EVENT, "metadata must be a JSON object, members once, at most 32 levels deep");
        }
    }

    private static Optional<Refusal> refused(Code code, String reason) {
        return Optional.of(new Refusal(code, reason));
    }

    private static String shown(String value) {
        String head = value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "…";
        return '"' + CONTROL.matcher(head).replaceAll("?") + '"';
    }
}
