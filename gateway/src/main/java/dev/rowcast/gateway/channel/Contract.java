package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.List;
import java.util.Optional;

/// What the names in the topology's records mean on this node.
final class Contract {

    private Contract() {}

    /// Empty for a kind that a newer topology knows: it is nobody here.
    static Optional<Principal> principal(dev.rowcast.schemas.avro.Principal principal) {
        return switch (principal.getKind()) {
            case USER -> Optional.of(new Principal(Principal.Kind.USER, principal.getId()));
            case KEY -> Optional.of(new Principal(Principal.Kind.KEY, principal.getId()));
            case ANONYMOUS -> Optional.of(new Principal(Principal.Kind.ANONYMOUS, principal.getId()));
            case UNKNOWN -> Optional.empty();
        };
    }

    static List<Target> targets(List<dev.rowcast.schemas.avro.Target> targets) {
        return targets.stream().map(Contract::target).toList();
    }

    static Target target(dev.rowcast.schemas.avro.Target target) {
        return new Target(
                target.getKind() == TargetKind.CHANNEL ? Target.Kind.CHANNEL : Target.Kind.ENTITY,
                target.getName(),
                target.getFilter());
    }

    static boolean is(Identity identity, dev.rowcast.schemas.avro.Principal principal) {
        Optional<Principal> who = principal(principal);
        return who.isPresent() && who.get().equals(identity.principal());
    }

    static Reset.Reason reason(ResetReason reason) {
        return switch (reason) {
            case EPOCH -> Reset.Reason.EPOCH;
            case SCHEMA -> Reset.Reason.SCHEMA;
            case TRUNCATED -> Reset.Reason.TRUNCATED;
            case TRIMMED, FORBIDDEN, UNKNOWN -> Reset.Reason.TRIMMED;
        };
    }
}
