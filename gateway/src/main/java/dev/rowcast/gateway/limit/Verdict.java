package dev.rowcast.gateway.limit;

import java.time.Duration;

/// What a quota says to one more request.
///
/// @param quota that was asked
/// @param remaining requests that would be let in right after this one
/// @param reset until the quota is whole again, as far as is known: the end of the present window
/// @param retryAfter zero when it is allowed
public record Verdict(boolean allowed, Quota quota, int remaining, Duration reset, Duration retryAfter) {}
