package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What somebody asks for, held against who may have it now.
///
/// @param first who asks; who may ask for entities as well
/// @param all the first one and the others
/// @param accepted each with those who may have it
/// @param rejected nobody may have these
record Request(
        TenantId tenant,
        long number,
        Subscriber first,
        Set<Subscriber> all,
        Map<Target, List<Subscriber>> accepted,
        List<Target> rejected) {

    static Request of(TenantId tenant, Subscribe subscribe, Admission admission) {
        Subscriber first = Subscriber.of(subscribe.getPrincipal());
        Set<Subscriber> all = new LinkedHashSet<>(List.of(first));
        subscribe.getOthers().forEach(other -> all.add(Subscriber.of(other)));
        Map<Target, List<Subscriber>> accepted = new LinkedHashMap<>();
        List<Target> rejected = new ArrayList<>();
        for (Target target : new LinkedHashSet<>(subscribe.getTargets())) {
            List<Subscriber> admitted = admitted(tenant, first, all, target, admission);
            if (admitted.isEmpty()) {
                rejected.add(target);
            } else {
                accepted.put(target, admitted);
            }
        }
        return new Request(tenant, subscribe.getRequest(), first, all, accepted, rejected);
    }

    /// In a channel with members each stands for itself. Elsewhere the answer is one for the request, so it is yes
    /// only if everybody may.
    private static List<Subscriber> admitted(
            TenantId tenant, Subscriber first, Set<Subscriber> all, Target target, Admission admission) {
        if (target.getKind() != TargetKind.CHANNEL) {
            return admission.accepts(tenant, first, target) ? List.of(first) : List.of();
        }
        List<Subscriber> admitted = all.stream()
                .filter(each -> admission.accepts(tenant, each, target))
                .toList();
        return admission.hasMembers(target.getName()) || admitted.size() == all.size() ? admitted : List.of();
    }

    /// What is left when a subscriber does not want these any more. Where subscriptions are not kept for each
    /// principal, nobody on the node does.
    Request without(Subscriber subscriber, Collection<Target> unwanted, Admission admission) {
        Map<Target, List<Subscriber>> left = new LinkedHashMap<>(accepted);
        for (Target target : unwanted) {
            boolean everybody = target.getKind() == TargetKind.CHANNEL && !admission.isByPrincipal(target.getName());
            left.computeIfPresent(target, (same, subscribers) -> {
                List<Subscriber> others = subscribers.stream()
                        .filter(each -> !everybody && !each.equals(subscriber))
                        .toList();
                return others.isEmpty() ? null : others;
            });
        }
        return new Request(tenant, number, first, all, left, rejected);
    }

    /// What of it may still be had when it has been replayed: the replay may have taken its time.
    Request heldAgainst(Admission admission) {
        Map<Target, List<Subscriber>> still = new LinkedHashMap<>();
        List<Target> gone = new ArrayList<>(rejected);
        accepted.forEach((target, subscribers) -> {
            List<Subscriber> admitted = subscribers.stream()
                    .filter(each -> admission.accepts(tenant, each, target))
                    .toList();
            if (admitted.isEmpty()) {
                gone.add(target);
            } else {
                still.put(target, admitted);
            }
        });
        return new Request(tenant, number, first, all, still, gone);
    }

    List<Target> targets() {
        return List.copyOf(accepted.keySet());
    }

    boolean isForSeveral() {
        return all.size() > 1;
    }
}
