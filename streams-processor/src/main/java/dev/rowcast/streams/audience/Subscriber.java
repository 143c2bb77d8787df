package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;

/// A principal as subscriptions hold it.
record Subscriber(PrincipalKind kind, String id) {

    static Subscriber of(Principal principal) {
        return new Subscriber(principal.getKind(), principal.getId());
    }

    Principal toPrincipal() {
        return new Principal(id, kind);
    }
}
