package dev.rowcast.gateway.auth;

import java.util.Locale;
import java.util.Set;

/// What a credential is wanted for. In a key's row scopes are written in lower case.
public enum Scope {
    /// Being told of changes.
    SUBSCRIBE,
    /// Reading rows over HTTP; whoever may be told of them may read them.
    READ,
    /// Publishing events. For keys only.
    PUBLISH;

    /// As a key's row has it.
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isGiven(Set<String> scopes) {
        return scopes.contains(wire()) || this == READ && scopes.contains(SUBSCRIBE.wire());
    }
}
