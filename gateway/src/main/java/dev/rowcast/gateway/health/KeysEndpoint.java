package dev.rowcast.gateway.health;

import dev.rowcast.gateway.auth.Keys;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// Says to operators which keys let in on this node and when each last did: `GET /actuator/keys`. Names only; nobody
/// can be a key by them.
@Endpoint(id = "keys")
public final class KeysEndpoint {

    private final Keys keys;

    public KeysEndpoint(Keys keys) {
        this.keys = keys;
    }

    /// @param lastUsed absent when it was not since the node's start
    record Line(
            String id,
            String tenant,
            String kind,
            List<String> scopes,
            @Nullable Instant lastUsed) {}

    @ReadOperation
    public Object keys() {
        return Map.of(
                "keys",
                keys.usage().stream()
                        .map(key -> new Line(
                                key.id(),
                                key.tenant(),
                                key.kind(),
                                key.scopes(),
                                key.lastUsed().orElse(null)))
                        .toList());
    }
}
