package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Subscribing, resuming, moving and recovering: "deliver to this node what concerns these targets after this
/// position". What is past is replayed, then the request is answered, then follows what is to come; all in one
/// partition, so there is no gap between them.
final class SubscribeHandler {

    private final Admission admission;
    private final CursorCodec cursors;
    private final Partition partition;
    private final Outbox outbox;

    SubscribeHandler(Admission admission, CursorCodec cursors, Partition partition, Outbox outbox) {
        this.admission = admission;
        this.cursors = cursors;
        this.partition = partition;
        this.outbox = outbox;
    }

    void handle(TenantId tenant, String node, Subscribe subscribe) {
        Subscriber subscriber = Subscriber.of(subscribe.getPrincipal());
        List<Target> accepted = new ArrayList<>();
        List<Target> rejected = new ArrayList<>();
        for (Target target : new LinkedHashSet<>(subscribe.getTargets())) {
            (admission.accepts(subscriber.kind(), target) ? accepted : rejected).add(target);
        }
        Position current = partition.settled();
        Position asked = new Position(
                subscribe.getStart().getEpoch(), subscribe.getStart().getOffset());
        Position start = asked;
        if (!accepted.isEmpty()) {
            Replay replay = replay(tenant, subscriber, accepted, asked);
            switch (replay) {
                case Replay.Complete complete ->
                    complete.pieces()
                            .forEach(piece -> outbox.deliver(
                                    node,
                                    Optional.of(tenant),
                                    piece.end(),
                                    new Frames(subscribe.getRequest(), cursor(tenant, piece), piece.frames())));
                case Replay.Impossible(ResetReason reason) -> {
                    start = current;
                    outbox.deliver(
                            node,
                            Optional.of(tenant),
                            current,
                            new Reset(subscribe.getRequest(), subscriber.toPrincipal(), reason, accepted));
                }
            }
        }
        // While the input is read again the subscriber may be ahead of it. What it has it need not get.
        Position from = start.isBefore(current.epoch(), current.offset()) ? current : start;
        for (Target target : accepted) {
            partition.subscriptions().put(SubscriptionKey.of(tenant, node, subscriber, target), keep(start, current));
        }
        String cursor = cursors.encode(tenant, from.cursor(outbox.partition()));
        outbox.deliver(
                node, Optional.of(tenant), current, new Subscribed(subscribe.getRequest(), cursor, accepted, rejected));
    }

    private Replay replay(TenantId tenant, Subscriber subscriber, List<Target> accepted, Position asked) {
        if (asked.isOfAnotherEpochThan(partition.settled())) {
            return new Replay.Impossible(ResetReason.EPOCH);
        }
        if (!partition.journal().reaches(asked.offset())) {
            return new Replay.Impossible(ResetReason.TRIMMED);
        }
        return new Replayer(admission, tenant, subscriber, accepted)
                .replay(partition.journal(), asked.offset(), partition.settled());
    }

    /// A start without epoch was one of this incarnation of the log, as it turned out.
    private static Position keep(Position start, Position current) {
        return start.epoch() == 0 ? new Position(current.epoch(), start.offset()) : start;
    }

    private @Nullable String cursor(TenantId tenant, Replay.Piece piece) {
        return piece.endsTransaction() ? cursors.encode(tenant, piece.end().cursor(outbox.partition())) : null;
    }
}
