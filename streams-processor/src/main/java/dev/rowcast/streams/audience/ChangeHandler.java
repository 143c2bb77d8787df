package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.route.Router;
import io.micrometer.core.instrument.Timer;
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
        } else {
            tell(understand(key, change, bytes, offset), position);
        }
        partition.moveTo(position);
    }

    /// A record at this offset was lost to us: whoever watches the tenant must refetch.
    ///
    /// @param key the tenant; without one nobody can be told
    void handleLost(@Nullable String key, long offset) {
        Position position = new Position(partition.current().epoch(), offset);
        Optional<TenantId> tenant = tenant(key);
        if (tenant.isPresent()) {
            Routed.Cut cut = Routed.Cut.throughEverything();
            LoggedChange lost = new LoggedChange(tenant.get(), position.epoch(), offset, 0, 0, cut);
            partition.journal().append(lost);
            tellCut(lost, cut);
        } else {
            partition.journal().clear(offset);
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
            if (logged.routed() instanceof Routed.Told told) {
                Framing framing = new Framing(admission, logged, told);
                partition.subscriptions().interest().wanted(logged, told).forEach((node, wanted) -> {
                    List<Frame> frames = framing.frames(wanted);
                    if (!frames.isEmpty()) {
                        framesByNode.put(node, frames);
                    }
                });
            }
            return new Understood(logged, framesByNode);
        } catch (RuntimeException e) {
            throw new UnprocessableException(e);
        }
    }

    private record Understood(LoggedChange change, Map<String, List<Frame>> framesByNode) {}

    private void tell(Understood understood, Position position) {
        LoggedChange change = understood.change();
        partition.journal().append(change);
        switch (change.routed()) {
            case Routed.Silent silent -> {}
            case Routed.Cut cut -> tellCut(change, cut);
            case Routed.Told told -> {
                String cursor =
                        change.endsTransaction() && !understood.framesByNode().isEmpty()
                                ? cursors.encode(change.tenant(), position.cursor(outbox.partition()))
                                : null;
                understood
                        .framesByNode()
                        .forEach((node, frames) -> outbox.deliver(
                                node, Optional.of(change.tenant()), position, new Frames(null, cursor, frames)));
                matched.record(Math.max(0, outbox.nowUs() - change.capturedUs()), TimeUnit.MICROSECONDS);
            }
        }
    }

    private void tellCut(LoggedChange change, Routed.Cut cut) {
        Position position = new Position(change.epoch(), change.offset());
        partition
                .subscriptions()
                .interest()
                .targets(change.tenant(), target -> {
                    String type = target.getName().substring(0, target.getName().indexOf(':'));
                    return target.getKind() == TargetKind.CHANNEL
                            ? cut.touchesChannels(type)
                            : cut.touchesEntities(type);
                })
                .forEach((node, targets) -> outbox.deliver(
                        node,
                        Optional.of(change.tenant()),
                        position,
                        new Reset(null, null, ResetReason.SCHEMA, targets)));
    }

    private static Optional<TenantId> tenant(@Nullable String key) {
        try {
            return Optional.ofNullable(key).map(TenantId::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
