package dev.rowcast.gateway.limit;

/// So many a second, and so many at once.
///
/// @param perSecond at least 1
/// @param burst at once after a rest, at least 1
public record Rate(int perSecond, int burst) {

    public Rate {
        Checks.atLeastOne("perSecond", perSecond);
        Checks.atLeastOne("burst", burst);
    }
}
