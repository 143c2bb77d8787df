package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.PartitionView.Grant;
import dev.rowcast.streams.explain.PartitionView.Standing;
import dev.rowcast.streams.explain.PartitionView.Subscription;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Audience;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at one event on the stream thread: what it means by what was known right before it, and who is there for it.
final class Examination {

    /// Of a channel and of an entity.
    static final int MOST_SUBSCRIPTIONS = 100;
    /// Of an event, when a parent moved with its children.
    static final int MOST_PARTS = 50;

    /// @param problem why the topology could not understand it; then everybody was told a `RESET`
    /// @param known whether the catalog's tables name the row's
    /// @param ended whether the principal is a key that has ended by now
    /// @param more whether there are further parts
    record Findings(
            PartitionView.State state,
            boolean waits,
            Optional<String> problem,
            List<Part> parts,
            boolean known,
            boolean ended,
            boolean more) {}

    /// @param aims whom it concerns
    record Part(Routed meaning, List<Aim> aims) {}

    /// A channel or an entity that it concerns.
    ///
    /// @param action what it means there
    /// @param access of the channel; empty for an entity
    /// @param more whether there are further subscriptions
    /// @param standing of the principal that was asked for, in the channel
    record Aim(
            TargetKind kind,
            String target,
            String action,
            Optional<Access> access,
            List<Seen> subscriptions,
            boolean more,
            Optional<Standing> standing) {}

    /// @param isNews whether it starts before the change
    /// @param action what the change means to it; empty where its filter passes nothing
    /// @param grant of its principal as of the change
    record Seen(Subscription subscription, boolean isNews, Optional<String> action, Grant grant) {
        boolean isTold() {
            return isNews && action.isPresent() && grant.isIn();
        }
    }

    private final PartitionView view;
    private final LogRecord record;
    private final Optional<Who> who;

    private Examination(PartitionView view, LogRecord record, Optional<Who> who) {
        this.view = view;
        this.record = record;
        this.who = who;
    }

    static Findings of(PartitionView view, LogRecord record, Optional<Who> who) {
        return new Examination(view, record, who).findings();
    }

    private Findings findings() {
        List<Part> parts = new ArrayList<>();
        Optional<String> problem = Optional.empty();
        boolean more = false;
        boolean ended = false;
        switch (record.value()) {
            case Incoming.Unreadable unreadable -> problem = Optional.of("it cannot be read");
            case Incoming.CommandRecord command -> problem = Optional.of("it is no change");
            case Incoming.ChangeRecord(Change change, byte[] bytes) -> {
                Optional<TenantId> tenant = tenant();
                if (tenant.isEmpty()) {
                    problem = Optional.of("its key is no tenant");
                } else {
                    ended = who.map(each -> view.hasEnded(tenant.get(), each)).orElse(false);
                    Position at = new Position(change.getEpoch(), record.offset());
                    try {
                        List<Routed> meanings =
                                view.route(tenant.get(), change, at).parts();
                        more = meanings.size() > MOST_PARTS;
                        meanings.stream()
                                .limit(MOST_PARTS)
                                .forEach(meaning -> parts.add(part(tenant.get(), meaning, at)));
                    } catch (RuntimeException e) {
                        // Of the failure only its kind: its words may hold values.
                        problem = Optional.of(
                                "it makes no sense (%s)".formatted(e.getClass().getSimpleName()));
                    }
                }
            }
        }
        return new Findings(
                view.state(), view.waits(record.offset()), problem, List.copyOf(parts), isKnown(), ended, more);
    }

    private boolean isKnown() {
        return record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes)
                && change.getBody() instanceof RowChange row
                && view.names(row.getTable());
    }

    private Optional<TenantId> tenant() {
        try {
            return Optional.ofNullable(record.key()).map(TenantId::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Part part(TenantId tenant, Routed meaning, Position at) {
        List<Aim> aims = new ArrayList<>();
        if (meaning instanceof Routed.Told told) {
            for (Action action : Action.values()) {
                for (String channel : told.audience().of(action)) {
                    aims.add(channel(tenant, told, channel, action, at));
                }
            }
            told.entity().ifPresent(entity -> aims.add(entity(tenant, told.audience(), entity, at)));
        }
        return new Part(meaning, List.copyOf(aims));
    }

    private Aim channel(TenantId tenant, Routed.Told told, String channel, Action action, Position at) {
        List<Subscription> watching = view.watching(tenant, TargetKind.CHANNEL, channel, who, MOST_SUBSCRIPTIONS + 1);
        List<Seen> seen = watching.stream()
                .limit(MOST_SUBSCRIPTIONS)
                .map(each -> new Seen(
                        each,
                        each.start().isBefore(at.epoch(), at.offset()),
                        each.filter().isEmpty()
                                ? Optional.of(action.name())
                                : view.narrowed(told, channel, each.filter()),
                        each.who()
                                .map(one ->
                                        view.standing(tenant, one, channel, at).then())
                                .orElse(Grant.OPEN)))
                .toList();
        return new Aim(
                TargetKind.CHANNEL,
                channel,
                action.name(),
                view.access(channel),
                seen,
                watching.size() > MOST_SUBSCRIPTIONS,
                who.map(one -> view.standing(tenant, one, channel, at)));
    }

    private Aim entity(TenantId tenant, Audience audience, String entity, Position at) {
        List<Subscription> watching = view.watching(tenant, TargetKind.ENTITY, entity, who, MOST_SUBSCRIPTIONS + 1);
        List<Seen> seen = watching.stream()
                .limit(MOST_SUBSCRIPTIONS)
                .map(each -> new Seen(
                        each,
                        each.start().isBefore(at.epoch(), at.offset()),
                        Optional.of(audience.left().isEmpty() ? "UPDATE" : "DELETE"),
                        each.who().map(one -> best(tenant, one, audience, at)).orElse(Grant.UNKNOWN)))
                .toList();
        return new Aim(
                TargetKind.ENTITY,
                entity,
                "",
                Optional.empty(),
                seen,
                watching.size() > MOST_SUBSCRIPTIONS,
                Optional.empty());
    }

    /// Access to an entity follows from any of the row's channels.
    private Grant best(TenantId tenant, Who one, Audience audience, Position at) {
        Grant best = Grant.CLOSED;
        for (String channel : audience.all()) {
            Grant grant = view.standing(tenant, one, channel, at).then();
            if (grant.isIn()) {
                return grant;
            }
            best = grant == Grant.CLOSED || best == Grant.UNKNOWN ? best : grant;
        }
        return best;
    }
}
