package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Passes on what a client tells the others of its channel: to each node once where somebody listens who may. Nothing
/// is kept of it. Fails closed: who may not have the channel now, or does not listen there, tells nobody anything, and
/// is told nothing of that.
final class Broadcaster {

    /// What is older comes from commands that are read again, or waited too long to mean anything.
    static final Duration FRESH = Duration.ofSeconds(5);

    private final Partition partition;
    private final Admission admission;
    private final Outbox outbox;

    Broadcaster(Partition partition, Admission admission, Outbox outbox) {
        this.partition = partition;
        this.admission = admission;
        this.outbox = outbox;
    }

    /// @param node where the sender is
    /// @param sentUs when the node sent it
    void pass(TenantId tenant, String node, long sentUs, Broadcast broadcast) {
        String channel = broadcast.getChannel();
        Subscriber sender = Subscriber.of(broadcast.getPrincipal());
        if (TimeUnit.MICROSECONDS.toMillis(outbox.nowUs() - sentUs) > FRESH.toMillis()
                || !admission.mayBroadcast(channel)
                || sender.kind() == PrincipalKind.ANONYMOUS
                || !accepts(tenant, sender, channel)) {
            return;
        }
        Set<String> nodes = listening(tenant, channel, sender, node);
        if (!nodes.contains(node)) {
            return;
        }
        String from = sender.kind() == PrincipalKind.USER ? sender.id() : "";
        for (String each : nodes) {
            outbox.deliver(
                    each,
                    Optional.of(tenant),
                    partition.settled(),
                    new Broadcasted(
                            channel, from, broadcast.getPayload(), each.equals(node) ? broadcast.getRequest() : null));
        }
    }

    /// The attached nodes where somebody listens who may; the sender's only when the sender does.
    private Set<String> listening(TenantId tenant, String channel, Subscriber sender, String its) {
        Set<String> nodes = new LinkedHashSet<>();
        partition.subscriptions().interest().keys(tenant, channel, (node, keys) -> {
            if (!nodes.contains(node)
                    && partition.nodes().home(node).isPresent()
                    && keys.stream()
                            .anyMatch(key -> key.subscriber()
                                    .map(who -> node.equals(its) ? who.equals(sender) : accepts(tenant, who, channel))
                                    .orElse(true))) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    private boolean accepts(TenantId tenant, Subscriber who, String channel) {
        return admission.accepts(tenant, who, new Target(TargetKind.CHANNEL, channel, ""));
    }
}
