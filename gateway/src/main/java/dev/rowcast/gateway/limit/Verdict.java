package dev.rowcast.gateway.limit;

import java.time.Duration;

/// What a rule says to one more request.
///
/// @param limit requests at most, as [Rule#limit()]
/// @param window in which, as [Rule#window()]
/// @param remaining requests that would be let in right after this one
/// @param reset until the rule is whole again, as far as is known
/// @param retryAfter zero when it is allowed
public record Verdict(boolean allowed, int limit, Duration window, int remaining, Duration reset, Duration retryAfter) {

    /// To one that is known to be over for so long.
    public static Verdict over(Rule rule, Duration wait) {
        return new Verdict(false, rule.limit(), rule.window(), 0, wait, wait);
    }
}
