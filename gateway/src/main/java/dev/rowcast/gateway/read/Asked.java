package dev.rowcast.gateway.read;

import dev.rowcast.cache.Freshness;
import dev.rowcast.gateway.auth.Identity;
import java.time.Duration;
import java.util.Optional;

/// Who asks, and how fresh the answer must be.
///
/// @param life of what is kept of it; empty for the usual one
record Asked(Identity identity, Freshness freshness, Optional<Duration> life) {}
