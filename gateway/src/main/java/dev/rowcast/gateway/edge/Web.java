package dev.rowcast.gateway.edge;

/// What lies between the gateway and browsers.
///
/// @param origins of pages that may use the gateway, beside its own
/// @param trustedProxies how many proxies in front are believed what they say in `X-Forwarded-…`, 0 to 10. With 0 the
///     socket's address is the client's
public record Web(Origins origins, int trustedProxies) {

    /// Neither other origins nor proxies.
    public static final Web DEFAULTS = new Web(Origins.NONE, 0);

    private static final int MOST_PROXIES = 10;

    public Web {
        if (trustedProxies < 0 || trustedProxies > MOST_PROXIES) {
            throw new IllegalArgumentException(
                    "trusted proxies must be 0 to %d, is %d".formatted(MOST_PROXIES, trustedProxies));
        }
    }
}
