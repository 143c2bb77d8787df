package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Tells whoever watches what a change cuts through that it must refetch.
final class Cuts {

    private final Partition partition;
    private final Outbox outbox;

    Cuts(Partition partition, Outbox outbox) {
        this.partition = partition;
        this.outbox = outbox;
    }

    private record Concern(TenantId tenant, ResetReason reason) {}

    private record Addressed(TenantId tenant, Reset reset) {}

    /// In as many records as it takes. Only a node's last one has the change's position: when a task dies between two
    /// of them, whoever was not told asks again from before the change, and is told then.
    ///
    /// @param whose of which tenants
    void tell(Predicate<TenantId> whose, Position position, List<Routed.Cut> cuts) {
        Position before = new Position(position.epoch(), position.offset() - 1);
        concerned(whose, cuts).forEach((node, targets) -> {
            List<Addressed> resets = resets(targets);
            for (Addressed each : resets.subList(0, resets.size() - 1)) {
                outbox.deliver(node, Optional.of(each.tenant()), before, each.reset());
            }
            outbox.deliver(
                    node,
                    Optional.of(resets.getLast().tenant()),
                    position,
                    resets.getLast().reset());
        });
    }

    /// By node.
    private Map<String, Map<Concern, Set<Target>>> concerned(Predicate<TenantId> whose, List<Routed.Cut> cuts) {
        Map<String, Map<Concern, Set<Target>>> concerned = new LinkedHashMap<>();
        for (Routed.Cut cut : cuts) {
            partition
                    .subscriptions()
                    .interest()
                    .held(whose, target -> touches(cut, target))
                    .forEach(held -> concerned
                            .computeIfAbsent(held.node(), unseen -> new LinkedHashMap<>())
                            .computeIfAbsent(new Concern(held.tenant(), cut.reason()), unseen -> new LinkedHashSet<>())
                            .addAll(held.targets()));
        }
        return concerned;
    }

    private static boolean touches(Routed.Cut cut, Target target) {
        return target.getKind() == TargetKind.CHANNEL
                ? cut.touchesChannel(target.getName())
                : cut.touchesEntity(target.getName());
    }

    private static List<Addressed> resets(Map<Concern, Set<Target>> targets) {
        List<Addressed> resets = new ArrayList<>();
        targets.forEach((concern, its) -> Parts.ofTargets(its)
                .forEach(part ->
                        resets.add(new Addressed(concern.tenant(), new Reset(null, null, concern.reason(), part)))));
        return resets;
    }
}
