package dev.rowcast.gateway.told;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// What an answer must have, because somebody knows of it.
///
/// @param xid a transaction
/// @param ago everything that was committed longer ago than this
public record News(OptionalLong xid, Optional<Duration> ago) {}
