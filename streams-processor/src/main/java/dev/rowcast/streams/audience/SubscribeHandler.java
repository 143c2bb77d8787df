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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Subscribing, resuming, moving and recovering: "deliver to this node what concerns these targets after this
/// position". Who is let in is said, what is past is replayed, then the request is answered, then follows what is to
/// come; all in one partition, so there is no gap between them.
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
        Request request = Request.of(tenant, subscribe, admission);
        Position current = partition.settled();
        Position asked = new Position(
                subscribe.getStart().getEpoch(), subscribe.getStart().getOffset());
        Position start = asked;
        if (!request.accepted().isEmpty()) {
            switch (replay(request, asked)) {
                case Replay.Complete complete -> {
                    admit(node, request, keep(asked, current), current);
                    complete.pieces()
                            .forEach(piece -> deliver(
                                    node,
                                    request,
                                    piece.end(),
                                    new Frames(request.number(), cursor(tenant, piece), piece.frames())));
                }
                case Replay.Impossible(ResetReason reason) -> {
                    start = current;
                    admit(node, request, current, current);
                    reset(node, request, request.isForSeveral() ? null : request.first(), reason, request.targets());
                }
            }
        }
        // While the input is read again the subscriber may be ahead of it. What it has it need not get.
        Position from = start.isBefore(current.epoch(), current.offset()) ? current : start;
        Position kept = keep(start, current);
        request.accepted()
                .forEach((target, subscribers) -> subscribers.forEach(subscriber -> partition
                        .subscriptions()
                        .put(SubscriptionKey.of(tenant, node, subscriber, target, admission), kept)));
        deliver(
                node,
                request,
                current,
                new Subscribed(
                        request.number(),
                        cursors.encode(tenant, from.cursor(outbox.partition())),
                        request.targets(),
                        request.rejected()));
    }

    private Replay replay(Request request, Position asked) {
        if (asked.isOfAnotherEpochThan(partition.settled())) {
            return new Replay.Impossible(ResetReason.EPOCH);
        }
        if (!partition.journal().reaches(asked.offset())) {
            return new Replay.Impossible(ResetReason.TRIMMED);
        }
        return new Replayer(admission, request).replay(partition.journal(), asked.offset(), partition.settled());
    }

    /// @param after what is replayed comes after this
    private void admit(String node, Request request, Position after, Position current) {
        Admitting admitting = new Admitting(admission, request, after, current);
        admitting.records().forEach(admitted -> deliver(node, request, current, admitted));
        admitting
                .forgotten()
                .forEach(each -> reset(node, request, each.subscriber(), ResetReason.TRIMMED, List.of(each.target())));
    }

    /// @param whom absent for everybody in the request
    private void reset(
            String node, Request request, @Nullable Subscriber whom, ResetReason reason, List<Target> targets) {
        deliver(
                node,
                request,
                partition.settled(),
                new Reset(request.number(), whom == null ? null : whom.toPrincipal(), reason, targets));
    }

    private void deliver(String node, Request request, Position position, Object body) {
        outbox.deliver(node, Optional.of(request.tenant()), position, body);
    }

    /// A start without epoch was one of this incarnation of the log, as it turned out.
    private static Position keep(Position start, Position current) {
        return start.epoch() == 0 ? new Position(current.epoch(), start.offset()) : start;
    }

    private @Nullable String cursor(TenantId tenant, Replay.Piece piece) {
        return piece.endsTransaction() ? cursors.encode(tenant, piece.end().cursor(outbox.partition())) : null;
    }
}
