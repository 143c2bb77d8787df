package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.route.Router;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells the nodes what changed.
final class ChangeHandler {

    private final Router router;
    private final Admission admission;
    private final CursorCodec cursors;
    private final Partition partition;
    private final Outbox outbox;
    private final Timer matched;

    ChangeHandler(
            Router router,
            Admission admission,
            CursorCodec cursors,
            Partition partition,
            Outbox outbox,
            Timer matched) {
        this.router = router;
        this.admission = admission;
        this.cursors = cursors;
        this.partition = partition;
        this.outbox = outbox;
        this.matched = matched;
    }

    /// @param key the tenant
    /// @throws UnprocessableException when the change cannot be understood; nothing was told then
    void handle(@Nullable String key, Change change, int bytes, long offset) {
        enterEpoch(change.getEpoch(), offset);
        Position position = new Position(change.getEpoch(), offset);
        if (change.getBody() instanceof Watermark watermark) {
            partition.journal().advance(offset);
            Progress progress = new Progress(watermark.getLsn(), watermark.getSourceUs());
            partition.nodes().attached().forEach(node -> outbox.deliver(node, Optional.empty(), position, progress));
        } else if (change.getBody() instanceof RowChange row && isForEveryTenant(key, row)) {
            router.withoutRow(row).ifPresent(cut -> cutEveryTenant(position, cut));
        } else {
            tell(understand(key, change, bytes, offset), position);
        }
        partition.moveTo(position);
    }

    /// A record at this offset was lost to us: whoever watches the tenant must refetch.
    ///
    /// @param key the tenant; without one it may have been anybody's
    void handleLost(@Nullable String key, long offset) {
        Position position = new Position(partition.current().epoch(), offset);
        Optional<TenantId> tenant = tenant(key);
        Routed.Cut cut = Routed.Cut.throughEverything();
        if (tenant.isPresent()) {
            LoggedChange lost = new LoggedChange(tenant.get(), position.epoch(), offset, 0, 0, cut);
            partition.journal().append(lost);
            tellCut(tenant, position, cut);
        } else {
            cutEveryTenant(position, cut);
        }
        partition.moveTo(position);
    }

    /// Positions of different epochs cannot be compared, so nothing of the old one may follow into the new one.
    private void enterEpoch(long epoch, long offset) {
        Position current = partition.current();
        if (current.epoch() == 0 || current.epoch() == epoch) {
            return;
        }
        partition.journal().clear(offset - 1);
        Position before = new Position(epoch, offset - 1);
        Reset reset = new Reset(null, null, ResetReason.EPOCH, List.of());
        partition.nodes().attached().forEach(node -> outbox.deliver(node, Optional.empty(), before, reset));
        partition.moveTo(before);
    }

    /// Everything that can fail because of what the record holds happens here, before anything is told.
    private Understood understand(@Nullable String key, Change change, int bytes, long offset) {
        try {
            TenantId tenant = tenant(key).orElseThrow(() -> new IllegalArgumentException("its key is no tenant"));
            LoggedChange logged = new LoggedChange(
                    tenant, change.getEpoch(), offset, change.getCapturedUs(), bytes, router.route(tenant, change));
            Map<String, List<Frame>> framesByNode = new LinkedHashMap<>();
            for (Routed part : logged.routed().parts()) {
                if (part instanceof Routed.Told told) {
                    frames(logged, told)
                            .forEach((node, frames) -> framesByNode
                                    .computeIfAbsent(node, unseen -> new ArrayList<>())
                                    .addAll(frames));
                }
            }
            return new Understood(logged, framesByNode);
        } catch (RuntimeException e) {
            throw new UnprocessableException(e);
        }
    }

    private Map<String, List<Frame>> frames(LoggedChange logged, Routed.Told told) {
        Framing framing = new Framing(admission, logged, told);
        Map<String, List<Frame>> framesByNode = new LinkedHashMap<>();
        partition.subscriptions().interest().wanted(logged, told).forEach((node, wanted) -> {
            List<Frame> frames = framing.frames(wanted);
            if (!frames.isEmpty()) {
                framesByNode.put(node, frames);
            }
        });
        return framesByNode;
    }

    private record Understood(LoggedChange change, Map<String, List<Frame>> framesByNode) {}

    private void tell(Understood understood, Position position) {
        LoggedChange change = understood.change();
        partition.journal().append(change);
        List<Routed> parts = change.routed().parts();
        if (parts.stream().anyMatch(Routed.Told.class::isInstance)) {
            String cursor =
                    change.endsTransaction() && !understood.framesByNode().isEmpty()
                            ? cursors.encode(change.tenant(), position.cursor(outbox.partition()))
                            : null;
            understood
                    .framesByNode()
                    .forEach((node, frames) -> deliver(node, change.tenant(), position, cursor, frames));
            matched.record(Math.max(0, outbox.nowUs() - change.capturedUs()), TimeUnit.MICROSECONDS);
        }
        // Receivers drop frames by position, and never a reset: so it comes behind the frames.
        for (Routed part : parts) {
            if (part instanceof Routed.Cut cut) {
                tellCut(Optional.of(change.tenant()), position, cut);
            }
        }
    }

    /// In as many records as it takes. Only the last says that the node has the change and may carry the cursor.
    private void deliver(String node, TenantId tenant, Position position, @Nullable String cursor, List<Frame> frames) {
        List<List<Frame>> parts = Parts.of(frames);
        Position before = new Position(position.epoch(), position.offset() - 1);
        for (List<Frame> part : parts.subList(0, parts.size() - 1)) {
            outbox.deliver(node, Optional.of(tenant), before, new Frames(null, null, part));
        }
        outbox.deliver(node, Optional.of(tenant), position, new Frames(null, cursor, parts.getLast()));
    }

    /// @param tenant empty for every tenant
    private void tellCut(Optional<TenantId> tenant, Position position, Routed.Cut cut) {
        partition
                .subscriptions()
                .interest()
                .held(tenant, target -> {
                    return target.getKind() == TargetKind.CHANNEL
                            ? cut.touchesChannel(target.getName())
                            : cut.touchesEntity(target.getName());
                })
                .forEach(held -> outbox.deliver(
                        held.node(),
                        Optional.of(held.tenant()),
                        position,
                        new Reset(null, null, cut.reason(), List.copyOf(held.targets()))));
    }

    private void cutEveryTenant(Position position, Routed.Cut cut) {
        partition.journal().clear(position.offset());
        tellCut(Optional.empty(), position, cut);
    }

    /// Where a column says whose a row is, nothing says whose the rows of a truncated table were, or those that are
    /// not told: it comes once in every partition, with an empty key.
    private static boolean isForEveryTenant(@Nullable String key, RowChange row) {
        return (key == null || key.isEmpty()) && (row.getOp() == Operation.TRUNCATE || row.getOp() == Operation.RESET);
    }

    private static Optional<TenantId> tenant(@Nullable String key) {
        try {
            return Optional.ofNullable(key).map(TenantId::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
