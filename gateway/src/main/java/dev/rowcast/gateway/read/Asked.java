package dev.rowcast.gateway.read;

import dev.rowcast.cache.Freshness;
import dev.rowcast.gateway.auth.Identity;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Who asks, and how fresh the answer must be.
///
/// @param life of what is kept of it; empty for the usual one
record Asked(Identity identity, Freshness freshness, Optional<Duration> life) {

    /// The same, with what this transaction did.
    Asked after(OptionalLong xid) {
        return xid.isPresent() ? new Asked(identity, freshness.after(xid.getAsLong()), life) : this;
    }
}
