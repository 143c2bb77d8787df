package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Who makes a request, and for what: all that a policy may count by.
///
/// @param network whom limits by address count together
/// @param identity as the verified credential says; empty while it is not known
/// @param channels that the request's address names
/// @param parameters by name, as a client that checks names them
public record Asker(
        String network, Optional<Identity> identity, List<String> channels, Map<String, String> parameters) {

    /// Nobody names more in a request that is not refused for it.
    private static final int MOST_CHANNELS = 16;

    public Asker {
        // A parameter without `=` has no value.
        channels = channels.stream()
                .filter(Objects::nonNull)
                .distinct()
                .limit(MOST_CHANNELS)
                .toList();
        parameters = Map.copyOf(parameters);
    }

    /// Somebody at an address, whose credential is not known.
    public static Asker at(String network) {
        return new Asker(network, Optional.empty(), List.of(), Map.of());
    }

    /// A publishable key is in many browsers, and so is a token without a subject: there each address is one asker.
    /// So it is with a secret key, whose servers each have their own count.
    ///
    /// @return tells this principal from all others of its tenant
    public static List<String> principal(Identity identity, String network) {
        Principal principal = identity.principal();
        return principal.kind() == Principal.Kind.USER
                ? List.of("user", principal.id())
                : List.of(principal.kind().name(), principal.id(), network);
    }
}
