package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Tells the nodes that listen to a channel who else is there, at most once a second for each channel. Fails closed:
/// who may not subscribe now is not there and is told nothing, whatever subscription it left behind.
final class PresenceTeller {

    /// Between two rounds; each tells of a channel once at most.
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Partition partition;
    private final Admission admission;
    private final Outbox outbox;
    private final Queue<Map.Entry<Presences.Room, Presences.News>> round = new ArrayDeque<>();
    private long endedMs = -INTERVAL.toMillis();

    PresenceTeller(Partition partition, Admission admission, Outbox outbox) {
        this.partition = partition;
        this.admission = admission;
        this.outbox = outbox;
    }

    /// Goes on with the round, or begins one when that is due.
    ///
    /// @param nowMs by the wall clock
    /// @param hasTime whether to go on with another channel
    void turn(long nowMs, BooleanSupplier hasTime) {
        if (round.isEmpty() && nowMs - endedMs >= INTERVAL.toMillis()) {
            round.addAll(partition.subscriptions().presences().take().entrySet());
        }
        if (round.isEmpty()) {
            return;
        }
        outbox.answering(nowMs, null);
        do {
            var next = round.remove();
            if (tell(next.getKey(), next.getValue())) {
                endedMs = nowMs;
            }
        } while (!round.isEmpty() && hasTime.getAsBoolean());
    }

    /// @return whether there was anything to tell
    private boolean tell(Presences.Room room, Presences.News news) {
        Presences presences = partition.subscriptions().presences();
        Occupancy occupancy = presences.occupancy(room);
        Occupancy.Difference difference = occupancy.update(news.subscribers(), who -> isThere(room, who));
        Set<String> nodes = listening(room);
        if (nodes.isEmpty() && occupancy.count() == 0) {
            presences.forget(room);
            return false;
        }
        List<String> everybody = difference.everybody() || !news.nodes().isEmpty() ? occupancy.names() : List.of();
        boolean told = false;
        for (String node : nodes) {
            told |= difference.changed()
                    || difference.everybody()
                    || news.nodes().contains(node);
            if (difference.everybody() || news.nodes().contains(node)) {
                deliver(room, node, new Presence(room.channel(), occupancy.count(), everybody, List.of(), true));
            } else if (difference.changed()) {
                deliver(
                        room,
                        node,
                        new Presence(room.channel(), occupancy.count(), difference.joined(), difference.left(), false));
            }
        }
        return told;
    }

    private void deliver(Presences.Room room, String node, Presence presence) {
        outbox.deliver(node, Optional.of(room.tenant()), partition.settled(), presence);
    }

    private boolean isThere(Presences.Room room, Subscriber who) {
        return who.kind() != PrincipalKind.ANONYMOUS
                && accepts(room, who)
                && partition.subscriptions().interest().of(room.tenant(), room.channel(), who).stream()
                        .anyMatch(key -> partition.nodes().home(key.node()).isPresent());
    }

    /// The attached nodes where somebody listens who may.
    private Set<String> listening(Presences.Room room) {
        Set<String> nodes = new LinkedHashSet<>();
        partition.subscriptions().interest().keys(room.tenant(), room.channel(), (node, keys) -> {
            if (!nodes.contains(node)
                    && partition.nodes().home(node).isPresent()
                    && keys.stream()
                            .anyMatch(key -> key.subscriber()
                                    .filter(who -> accepts(room, who))
                                    .isPresent())) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    private boolean accepts(Presences.Room room, Subscriber who) {
        return admission.accepts(room.tenant(), who, new Target(TargetKind.CHANNEL, room.channel(), ""));
    }
}
