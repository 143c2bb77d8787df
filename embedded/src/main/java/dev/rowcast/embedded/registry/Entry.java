package dev.rowcast.embedded.registry;

import java.util.Optional;

/// One fact in the topic. A later one with the same key replaces it.
sealed interface Entry {
    /// A version was added, or softly deleted.
    record Put(SchemaVersion version) implements Entry {}

    /// A version was deleted for good.
    record Removed(String subject, int version) implements Entry {}

    /// A compatibility level was set (for all subjects when no subject is named), or unset.
    record Level(Optional<String> subject, Optional<Compatibility> level) implements Entry {}
}
