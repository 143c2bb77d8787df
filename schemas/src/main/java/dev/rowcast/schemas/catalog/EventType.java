package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import java.util.HashSet;
import java.util.List;

/// A type of events that applications may publish, and which channels they may address.
///
/// @param name such as `content.published`
/// @param channels types of channels, such as `site`; at least one, each once
public record EventType(String name, List<String> channels) {
    /// @throws IllegalArgumentException when the name is not `[A-Za-z][A-Za-z0-9_.-]{0,62}`, or there are no
    ///     channels or one twice
    public EventType {
        Names.EVENT.check(name);
        channels = List.copyOf(channels);
        channels.forEach(Names.CHANNEL_TYPE::check);
        if (channels.isEmpty()) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE,
                    "the event may address no channel, so nobody would get it",
                    "add channels: [<type>]");
        }
        if (new HashSet<>(channels).size() < channels.size()) {
            throw new BadValueException(
                    CatalogCode.DUPLICATE_VALUE, "a channel type stands twice", "remove one of them");
        }
    }
}
