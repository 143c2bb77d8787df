package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;

/// What a subscription is known by: tenant first.
///
/// @param target the channel or entity, `code:id`
/// @param filter that narrows a channel; empty for all of it
/// @param subscriber in an entity's and a channel's with members or presence; another channel has one subscription a
/// node, whoever listens there
record SubscriptionKey(
        TenantId tenant, TargetKind kind, String target, String filter, String node, Optional<Subscriber> subscriber) {

    /// In no name: tenants, targets, filters, nodes and principals have no control characters.
    private static final String SEPARATOR = "\u0000";

    static SubscriptionKey of(TenantId tenant, String node, Subscriber subscriber, Target target, Admission admission) {
        boolean forAll = target.getKind() == TargetKind.CHANNEL && !admission.isByPrincipal(target.getName());
        return new SubscriptionKey(
                tenant,
                target.getKind(),
                target.getName(),
                target.getFilter(),
                node,
                forAll ? Optional.empty() : Optional.of(subscriber));
    }

    /// The key in the store. Without a filter it is as it was before there were any.
    String encoded() {
        String unfiltered = String.join(
                SEPARATOR,
                tenant.value(),
                kind.name(),
                target,
                node,
                subscriber.map(each -> each.kind().name()).orElse(""),
                subscriber.map(Subscriber::id).orElse(""));
        return filter.isEmpty() ? unfiltered : unfiltered + SEPARATOR + filter;
    }

    static SubscriptionKey decode(String encoded) {
        String[] parts = encoded.split(SEPARATOR, -1);
        return new SubscriptionKey(
                new TenantId(parts[0]),
                TargetKind.valueOf(parts[1]),
                parts[2],
                parts.length > 6 ? parts[6] : "",
                parts[3],
                parts[4].isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Subscriber(PrincipalKind.valueOf(parts[4]), parts[5])));
    }

    Target toTarget() {
        return new Target(kind, target, filter);
    }
}
