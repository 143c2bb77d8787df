package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.tenant.TenantId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The web pages of other origins that may use the gateway from a browser. Scheme, host and port must be the very same;
/// there are no patterns. Fails closed.
///
/// @param everyones origins for every tenant
/// @param tenants origins for one tenant only, by its name
public record Origins(Set<String> everyones, Map<String, Set<String>> tenants) {

    /// Only pages that come from the gateway itself.
    public static final Origins NONE = new Origins(Set.of(), Map.of());

    private static final String FIX = "write scheme, host and port, such as https://app.example.com";

    public Origins {
        everyones = Set.copyOf(everyones);
        tenants = Map.copyOf(tenants);
    }

    /// Reads `https://app.example.com, acme=https://acme.example.com`: what has no tenant in front is for all of them.
    ///
    /// @throws IllegalArgumentException naming what is no origin
    public static Origins parse(String text) {
        Set<String> everyones = new LinkedHashSet<>();
        Map<String, Set<String>> tenants = new LinkedHashMap<>();
        for (String entry : text.split("[,\\s]+")) {
            int equals = entry.indexOf('=');
            if (!entry.isEmpty()) {
                String origin = normal(entry.substring(equals + 1))
                        .orElseThrow(
                                () -> new IllegalArgumentException("origin '%s' is none; %s".formatted(entry, FIX)));
                Set<String> group = equals < 0
                        ? everyones
                        : tenants.computeIfAbsent(
                                new TenantId(entry.substring(0, equals)).value(), unseen -> new LinkedHashSet<>());
                group.add(origin);
            }
        }
        return new Origins(everyones, tenants);
    }

    /// Whether some tenant lists it: what is known before a request has shown its credential.
    boolean anyLists(String origin) {
        Optional<String> normal = normal(origin);
        Collection<Set<String>> lists = new ArrayList<>(List.of(everyones));
        lists.addAll(tenants.values());
        return normal.isPresent() && lists.stream().anyMatch(list -> list.contains(normal.get()));
    }

    /// Whether it is listed for the tenant.
    boolean lists(String origin, TenantId tenant) {
        return normal(origin)
                .filter(normal -> everyones.contains(normal)
                        || tenants.getOrDefault(tenant.value(), Set.of()).contains(normal))
                .isPresent();
    }

    /// Scheme, host and port as a browser writes them; empty when the text is no origin of the web, as `null` is none.
    static Optional<String> normal(String text) {
        URI uri;
        try {
            uri = URI.create(text.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String scheme = uri.getScheme();
        boolean web = "http".equals(scheme) || "https".equals(scheme);
        if (!web || uri.getHost() == null || !uri.getRawPath().isEmpty() || hasMore(uri)) {
            return Optional.empty();
        }
        int standard = scheme.equals("http") ? 80 : 443;
        boolean named = uri.getPort() >= 0 && uri.getPort() != standard;
        return Optional.of(scheme + "://" + uri.getHost() + (named ? ":" + uri.getPort() : ""));
    }

    private static boolean hasMore(URI uri) {
        return uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null;
    }
}
