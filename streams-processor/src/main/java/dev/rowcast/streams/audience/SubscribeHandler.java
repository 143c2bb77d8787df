package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Subscribing, resuming, moving and recovering: "deliver to this node what concerns these targets after this
/// position". Who is let in is said, what is past is replayed, then the request is answered, then follows what is to
/// come; all in one partition, so there is no gap between them.
final class SubscribeHandler {

    private final ReplayServices services;
    private final Admission admission;
    private final Partition partition;
    private final Replays replays;

    SubscribeHandler(ReplayServices services, Replays replays) {
        this.services = services;
        this.admission = services.admission();
        this.partition = services.partition();
        this.replays = replays;
    }

    /// @param waitedMs since the node asked
    void handle(TenantId tenant, String node, Subscribe subscribe, long waitedMs) {
        replays.begin(job(tenant, node, subscribe, waitedMs));
    }

    /// Goes on with what waited when the task died.
    void resume(TenantId tenant, String node, StoredRequest stored) {
        ReplayJob job = job(tenant, node, stored.subscribe(), 0);
        stored.withdrawn().forEach(each -> job.asked().forget(Subscriber.of(each.getPrincipal()), each.getTargets()));
        replays.begin(job);
    }

    private ReplayJob job(TenantId tenant, String node, Subscribe subscribe, long waitedMs) {
        Request request = Request.of(tenant, subscribe, admission);
        Asked asked = new Asked(node, subscribe, request, services);
        return new ReplayJob(asked, waitedMs, services, new Answering(node));
    }

    /// What is kept for those who come at once is not kept for ever.
    void forgetTexts() {
        services.texts().clear();
    }

    /// What the asker is told, beside what it missed.
    private final class Answering implements ReplayJob.Answers {

        private final String node;

        Answering(String node) {
            this.node = node;
        }

        @Override
        public void admit(Request request, Position after) {
            Position settled = partition.settled();
            Admitting admitting = new Admitting(admission, request, keep(after, settled), settled);
            admitting.records().forEach(admitted -> deliver(request, admitted));
            admitting
                    .forgotten()
                    .forEach(each -> reset(request, each.subscriber(), ResetReason.TRIMMED, List.of(each.target())));
        }

        @Override
        public void reset(Request request, ResetReason reason) {
            reset(request, request.isForSeveral() ? null : request.first(), reason, request.targets());
        }

        @Override
        public void answer(Request replayed, Position start) {
            Request request = replayed.heldAgainst(admission);
            Position settled = partition.settled();
            Position kept = keep(start, settled);
            request.accepted()
                    .forEach((target, subscribers) -> subscribers.forEach(subscriber -> partition
                            .subscriptions()
                            .put(SubscriptionKey.of(request.tenant(), node, subscriber, target, admission), kept)));
            // While the input is read again the subscriber may be ahead of it. What it has it need not get.
            Position from = start.isBefore(settled.epoch(), settled.offset()) ? settled : start;
            deliver(
                    request,
                    new Subscribed(
                            request.number(),
                            services.cursor(request.tenant(), from),
                            request.targets(),
                            request.rejected()));
        }

        /// @param whom absent for everybody in the request
        private void reset(Request request, @Nullable Subscriber whom, ResetReason reason, List<Target> targets) {
            deliver(request, new Reset(request.number(), whom == null ? null : whom.toPrincipal(), reason, targets));
        }

        private void deliver(Request request, Object body) {
            services.outbox().deliver(node, Optional.of(request.tenant()), partition.settled(), body);
        }
    }

    /// A start without epoch was one of this incarnation of the log, as it turned out.
    private static Position keep(Position start, Position current) {
        return start.epoch() == 0 ? new Position(current.epoch(), start.offset()) : start;
    }
}
