package dev.rowcast.gateway.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/// Where a request comes from and by which name it reached us: what the trusted proxies say, each of which appends to
/// `X-Forwarded-For` whom it talked to. What stands in front of that was written by the client, and is not looked at.
public final class Proxies {

    private static final int NETWORK_BYTES = 8;
    private static final String UNKNOWN = "unknown";

    private final int trusted;

    /// @param trusted how many there are in front; 0 when clients reach the gateway themselves
    public Proxies(int trusted) {
        this.trusted = trusted;
    }

    boolean areInFront() {
        return trusted > 0;
    }

    /// The client's address; the socket's where the proxies say nothing that is one.
    String address(ServerHttpRequest request) {
        return forwarded(request, "X-Forwarded-For").flatMap(Proxies::literal).orElseGet(() -> socket(request));
    }

    /// Whom limits by address count together: one address, or the /64 that one holder of IPv6 addresses has.
    String network(ServerHttpRequest request) {
        return network(address(request));
    }

    static String network(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), NETWORK_BYTES)) + "/64"
                    : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    /// Whether the client talks TLS, to us or to the outermost proxy.
    boolean isSecure(ServerHttpRequest request) {
        return forwarded(request, "X-Forwarded-Proto")
                .map("https"::equalsIgnoreCase)
                .orElseGet(() -> request.getSslInfo() != null);
    }

    /// The origin of the gateway's own pages, as the client sees it.
    Optional<String> ownOrigin(ServerHttpRequest request) {
        return forwarded(request, "X-Forwarded-Host")
                .or(() -> Optional.ofNullable(request.getHeaders().getFirst(HttpHeaders.HOST)))
                .flatMap(host -> Origins.normal((isSecure(request) ? "https://" : "http://") + host));
    }

    /// What the outermost trusted proxy appended; where there are fewer entries than proxies, the first there is.
    private Optional<String> forwarded(ServerHttpRequest request, String header) {
        if (trusted == 0) {
            return Optional.empty();
        }
        List<String> entries = new ArrayList<>();
        request.getHeaders().getOrEmpty(header).forEach(line -> entries.addAll(Arrays.asList(line.split(","))));
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.get(Math.max(0, entries.size() - trusted)).strip());
    }

    /// Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static Optional<String> literal(String text) {
        String bare = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            bare = end < 0 ? text : text.substring(1, end);
        } else if (text.indexOf(':') == text.lastIndexOf(':') && text.contains(":")) {
            bare = text.substring(0, text.indexOf(':'));
        }
        try {
            return Optional.of(InetAddress.ofLiteral(bare).getHostAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String socket(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null || remote.getAddress() == null
                ? UNKNOWN
                : remote.getAddress().getHostAddress();
    }
}
