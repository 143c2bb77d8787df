package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.streams.journal.Journal;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells one request what it missed, as it would have been told then.
final class Replayer {

    /// A record of this size passes Kafka easily, and others get a turn between two of them.
    static final int PIECE_BYTES = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Replayer.class);

    private final Admission admission;
    private final Request request;
    private final Map<String, List<Subscriber>> channels;
    private final Map<String, List<Subscriber>> entities;

    Replayer(Admission admission, Request request) {
        this.admission = admission;
        this.request = request;
        this.channels = subscribers(request, TargetKind.CHANNEL);
        this.entities = subscribers(request, TargetKind.ENTITY);
    }

    /// @param offset of the last change that the subscriber has
    /// @param current how far everybody was told
    Replay replay(Journal journal, long offset, Position current) {
        List<String> targets = new ArrayList<>(channels.keySet());
        targets.addAll(entities.keySet());
        Pieces pieces = new Pieces(current.epoch());
        for (LoggedChange change : journal.after(offset, request.tenant(), targets)) {
            if (change.offset() > current.offset()) {
                break; // of the open transaction, which is told when it ends
            }
            List<Frame> frames = new ArrayList<>();
            for (Routed part : change.routed().parts()) {
                switch (part) {
                    case Routed.Silent silent -> {}
                    case Routed.Several several -> {}
                    case Routed.Cut cut -> {
                        if (touches(cut)) {
                            return new Replay.Impossible(cut.reason());
                        }
                    }
                    case Routed.Told told -> {
                        try {
                            frames.addAll(new Framing(admission, change, told).frames(wanted(change, told)));
                        } catch (TooLongAgoException e) {
                            return new Replay.Impossible(ResetReason.TRIMMED);
                        } catch (IllegalArgumentException e) {
                            // Nobody wanted it when it came, so nobody noticed that it cannot be told.
                            LOG.atWarn()
                                    .addKeyValue("offset", change.offset())
                                    .addKeyValue("reason", e.getMessage())
                                    .log("Replay of a change that cannot be told");
                            return new Replay.Impossible(ResetReason.SCHEMA);
                        }
                    }
                }
            }
            pieces.add(change, frames);
        }
        return new Replay.Complete(pieces.finish());
    }

    /// What nobody may have is not replayed; who of them may have what, the receiver knows.
    private Wanted wanted(LoggedChange change, Routed.Told told) {
        Wanted wanted = new Wanted();
        for (String channel : told.audience().all()) {
            if (channels.getOrDefault(channel, List.of()).stream()
                    .anyMatch(who -> admission.admits(change.tenant(), who, channel, change))) {
                wanted.channel(channel);
            }
        }
        told.entity()
                .ifPresent(entity -> entities.getOrDefault(entity, List.of()).forEach(wanted::subscriber));
        return wanted;
    }

    private boolean touches(Routed.Cut cut) {
        return channels.keySet().stream().anyMatch(cut::touchesChannel)
                || entities.keySet().stream().anyMatch(cut::touchesEntity);
    }

    private static Map<String, List<Subscriber>> subscribers(Request request, TargetKind kind) {
        Map<String, List<Subscriber>> subscribers = new LinkedHashMap<>();
        request.accepted().forEach((target, who) -> {
            if (target.getKind() == kind) {
                subscribers.put(target.getName(), who);
            }
        });
        return subscribers;
    }

    /// Fills pieces with frames, in order.
    private static final class Pieces {

        private final long epoch;
        private final List<Replay.Piece> finished = new ArrayList<>();
        private List<Frame> frames = new ArrayList<>();
        private long bytes;
        private Position end = Position.NONE;
        private boolean endsTransaction;

        Pieces(long epoch) {
            this.epoch = epoch;
        }

        void add(LoggedChange change, List<Frame> more) {
            for (Frame frame : more) {
                long size = Sizes.of(frame);
                if (bytes + size > PIECE_BYTES) {
                    flush();
                }
                frames.add(frame);
                bytes += size;
                // As long as frames of the change are to come, the piece ends before it.
                end = new Position(epoch, change.offset() - 1);
                endsTransaction = false;
            }
            if (!more.isEmpty()) {
                end = new Position(epoch, change.offset());
                endsTransaction = change.endsTransaction();
            }
        }

        List<Replay.Piece> finish() {
            flush();
            return finished;
        }

        private void flush() {
            if (!frames.isEmpty()) {
                finished.add(new Replay.Piece(frames, end, endsTransaction));
                frames = new ArrayList<>();
                bytes = 0;
            }
        }
    }
}
