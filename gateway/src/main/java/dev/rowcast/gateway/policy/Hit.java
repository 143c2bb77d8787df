package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.hash.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A policy that is met, and the count of it that is meant.
///
/// @param subject stands for everything that the policy counts by, in 22 characters that nobody can choose
public record Hit(Policy policy, String subject) {

    private static final int DIGEST_BYTES = 16;

    /// Where a request meets a policy: one count, or one for each channel that it names. None where it has not what the
    /// policy counts by.
    ///
    /// @param endpoint the route of the policy that the request is for; empty when it has none
    public static List<Hit> of(Policy policy, Asker asker, Optional<Route> endpoint) {
        if (policy.needsIdentity() && asker.identity().isEmpty()) {
            return List.of();
        }
        if (!policy.by().contains(CountedBy.Known.CHANNEL)) {
            return one(policy, asker, endpoint, "").stream().toList();
        }
        return asker.channels().stream()
                .flatMap(channel -> one(policy, asker, endpoint, channel).stream())
                .toList();
    }

    private static Optional<Hit> one(Policy policy, Asker asker, Optional<Route> endpoint, String channel) {
        List<String> parts = new ArrayList<>();
        // What a tenant's clients name is the tenant's own, whatever else is counted by.
        if (policy.needsIdentity()) {
            parts.add(asker.identity().map(Identity::tenant).orElseThrow().value());
        }
        for (CountedBy by : policy.by()) {
            List<String> values = switch (by) {
                case CountedBy.Known.ADDRESS -> List.of(asker.network());
                case CountedBy.Known.ENDPOINT ->
                    endpoint.map(Route::label).stream().toList();
                case CountedBy.Known.TENANT -> List.of("");
                case CountedBy.Known.PRINCIPAL ->
                    Asker.principal(asker.identity().orElseThrow(), asker.network());
                case CountedBy.Known.CHANNEL -> List.of(channel);
                case CountedBy.Parameter(String name) ->
                    Optional.ofNullable(asker.parameters().get(name)).stream().toList();
            };
            if (values.isEmpty()) {
                return Optional.empty();
            }
            parts.add(by.label());
            parts.addAll(values);
        }
        return Optional.of(new Hit(policy, digest(parts)));
    }

    /// What comes out has neither braces nor an end of line, whatever goes in.
    private static String digest(List<String> parts) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(Sha256.ofAll(parts), DIGEST_BYTES));
    }
}
