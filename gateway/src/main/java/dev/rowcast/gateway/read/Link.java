package dev.rowcast.gateway.read;

import dev.rowcast.schemas.catalog.Template;
import java.util.List;
import java.util.Optional;

/// How rows come into a channel: a template of the catalog, read backwards.
///
/// @param type of the channel
/// @param prefix what each of its names starts with
/// @param column whose value follows; empty where the name is the prefix, and every row is in it
record Link(String type, String prefix, Optional<Template.Part> column) {

    /// Empty for templates that cannot be read backwards: those with several columns, or with text behind one.
    static Optional<Link> of(Template template) {
        List<Template.Part> parts = template.parts();
        if (parts.size() > 2 || !(parts.getFirst() instanceof Template.Part.Text(String prefix))) {
            return Optional.empty();
        }
        return template.channelType()
                .map(type ->
                        new Link(type, prefix, parts.size() == 2 ? Optional.of(parts.getLast()) : Optional.empty()));
    }

    boolean makes(String channel) {
        return column.isPresent()
                ? channel.startsWith(prefix) && channel.length() > prefix.length()
                : channel.equals(prefix);
    }

    /// What the column holds in rows of this channel.
    String value(String channel) {
        return channel.substring(prefix.length());
    }
}
