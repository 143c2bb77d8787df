package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import java.util.HashSet;
import java.util.List;

/// The tenants with so many events that each gets a topic of its own, so that who reads one reads past no other.
///
/// @param tenants each once, at most [#MOST]; their names become part of the topics' names
public record HighVolume(List<String> tenants) {

    /// Each is a topic.
    public static final int MOST = 100;

    /// Nobody.
    public static final HighVolume NONE = new HighVolume(List.of());

    /// @throws IllegalArgumentException when a tenant is not 1 to 63 letters, digits, `_` and `-`, stands twice, or
    ///     there are too many
    public HighVolume {
        tenants = List.copyOf(tenants);
        tenants.forEach(Names.TENANT::check);
        if (tenants.size() > MOST) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE,
                    tenants.size() + " tenants would have topics of their own",
                    "name at most " + MOST + "; the others share rowcast.events");
        }
        if (new HashSet<>(tenants).size() < tenants.size()) {
            throw new BadValueException(CatalogCode.DUPLICATE_VALUE, "a tenant stands twice", "remove one of them");
        }
    }
}
