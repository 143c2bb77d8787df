package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells one request what it missed, piece by piece, until it has caught up with everybody else: then it is answered,
/// in the same turn, so nothing comes in between.
final class ReplayJob {

    /// What one turn did.
    enum Turn {
        /// There is more to do.
        MORE,
        /// It waits for the log.
        WAITING,
        /// The request was answered.
        DONE
    }

    /// What a change costs that is taken in and not told yet, in bytes that could be told instead.
    private static final int GATHERED_BYTES = 256;

    /// A replay of so many records is not worth giving up, also because a node's clock may be slow.
    private static final long SHORT = 1_000;

    /// What the asker is told beside the replay.
    interface Answers {

        /// Whom the request lets in; before anything is replayed.
        ///
        /// @param after what is replayed comes after this
        void admit(Request request, Position after);

        void reset(Request request, ResetReason reason);

        /// @param start from where it is subscribed
        void answer(Request request, Position start);
    }

    private final Asked asked;
    private final ReplayServices services;
    private final Answers answers;
    private final Position start;
    private long at;
    /// Up to where everything was told; before `at` while a stretch is told together.
    private long told;
    private long bytes;
    private boolean admitted;
    private final ReplaySource source;
    private final Patience patience;
    private final CoalescedReplay coalesced;

    /// @param waitedMs since it was asked
    ReplayJob(Asked asked, long waitedMs, ReplayServices services, Answers answers) {
        this.asked = asked;
        this.services = services;
        this.answers = answers;
        this.start = asked.start();
        this.at = start.offset();
        this.told = at;
        this.source = new ReplaySource(services, asked.tenant());
        this.coalesced = new CoalescedReplay(services);
        this.patience = new Patience(services.outbox()::nowUs, waitedMs);
    }

    /// What it is about.
    Asked asked() {
        return asked;
    }

    /// The bytes that it has delivered.
    long bytes() {
        return bytes;
    }

    /// Tells at most one piece.
    Turn turn() {
        Position settled = services.partition().settled();
        if (asked.request().accepted().isEmpty()) {
            return answered(start);
        }
        if (start.isOfAnotherEpochThan(settled)) {
            return reset(ResetReason.EPOCH, settled);
        }
        if (patience.isAboutToEnd() && settled.offset() - at > SHORT) {
            return reset(ResetReason.TRIMMED, settled);
        }
        if (coalesced.isTelling()) {
            return tellCoalesced(settled);
        }
        if (at >= settled.offset() && !coalesced.isTaking()) {
            admit();
            return answered(start);
        }
        return switch (source.next(at, settled, asked.replayer())) {
            case ReplaySource.Next.NotYet() -> waiting(settled);
            case ReplaySource.Next.Lost(ResetReason reason) -> reset(reason, settled);
            case ReplaySource.Next.Some(List<LoggedChange> changes, long end) -> tell(changes, end, settled);
        };
    }

    /// There are too many: it is answered without what it missed.
    void refuse() {
        reset(ResetReason.TRIMMED, services.partition().settled());
    }

    /// What it reads with is given back.
    void close() {
        coalesced.close();
        source.close();
    }

    private Turn waiting(Position settled) {
        if (patience.isOver()) {
            return reset(ResetReason.TRIMMED, settled);
        }
        giveSign(settled);
        return Turn.WAITING;
    }

    /// So that the asker does not ask anew for what is being worked on.
    private void giveSign(Position settled) {
        if (patience.needsSignOfLife()) {
            deliver(new Position(settled.epoch(), told), new Frames(asked.number(), null, List.of()));
        }
    }

    /// @param end how far the job is when it has told them all
    private Turn tell(List<LoggedChange> all, long end, Position settled) {
        if (mayCoalesce(all, settled)) {
            Optional<Together> taken = coalesced.take(all, asked.replayer());
            if (taken.isPresent()) {
                return taken.get() instanceof Together.Impossible(ResetReason reason)
                        ? reset(reason, settled)
                        : gathered(all.size(), end, settled);
            }
        }
        return tell(all.iterator(), end, settled);
    }

    private boolean mayCoalesce(List<LoggedChange> changes, Position settled) {
        return coalesced.isTaking()
                || asked.keysOnly()
                        && changes.size() > CoalescedReplay.LONG
                        && asked.replayer().isAlikeForAll(asked.tenant(), new Position(settled.epoch(), at), settled);
    }

    /// A turn that only took in what is told together later. It counts as if it had told it.
    private Turn gathered(int changes, long end, Position settled) {
        admit();
        giveSign(settled);
        bytes += (long) changes * GATHERED_BYTES;
        at = end;
        if (at >= settled.offset() || coalesced.isFull()) {
            coalesced.end();
        }
        return Turn.MORE;
    }

    /// The positions before the last piece are those before the stretch: who has a part of it does not know yet that
    /// what comes later in it came at all.
    private Turn tellCoalesced(Position settled) {
        List<Frame> frames;
        try {
            frames = coalesced.next();
        } catch (IllegalArgumentException e) {
            return reset(ResetReason.SCHEMA, settled);
        }
        bytes += frames.stream().mapToLong(Sizes::of).sum();
        if (coalesced.isTelling()) {
            deliver(new Position(settled.epoch(), told), new Frames(asked.number(), null, frames));
            return Turn.MORE;
        }
        told = at;
        boolean caughtUp = at >= settled.offset();
        Position end = new Position(settled.epoch(), at);
        String cursor = caughtUp || coalesced.endsTransaction() ? services.cursor(asked.tenant(), end) : null;
        deliver(end, new Frames(asked.number(), cursor, frames));
        return caughtUp ? answered(start) : Turn.MORE;
    }

    /// @param end how far the job is when it has told them all
    private Turn tell(Iterator<LoggedChange> changes, long end, Position settled) {
        Piece piece = new Piece();
        boolean all = true;
        while (all && changes.hasNext()) {
            LoggedChange change = changes.next();
            switch (asked.replayer().replay(change)) {
                case Replay.Impossible(ResetReason reason) -> {
                    return reset(reason, settled);
                }
                case Replay.Told(List<Frame> frames) -> {
                    all = piece.add(change, frames);
                    at = all ? change.offset() : at;
                }
            }
        }
        at = all ? end : at;
        told = at;
        boolean caughtUp = at >= settled.offset();
        admit();
        deliver(piece, settled, caughtUp);
        return caughtUp ? answered(start) : Turn.MORE;
    }

    private void deliver(Piece piece, Position settled, boolean caughtUp) {
        if (piece.isEmpty()) {
            return;
        }
        bytes += piece.bytes();
        Position end = new Position(settled.epoch(), piece.end());
        // More than one part is one change that is too large for a record; so they are before it.
        Position before = new Position(settled.epoch(), piece.end() - 1);
        List<List<Frame>> parts = Parts.of(piece.frames());
        for (List<Frame> part : parts.subList(0, parts.size() - 1)) {
            deliver(before, new Frames(asked.number(), null, part));
        }
        deliver(end, new Frames(asked.number(), cursor(piece, end, settled, caughtUp), parts.getLast()));
    }

    /// The last change that concerns the request may be followed by others of its transaction, which do not.
    private @Nullable String cursor(Piece piece, Position end, Position settled, boolean caughtUp) {
        if (caughtUp) {
            return services.cursor(asked.tenant(), settled);
        }
        return piece.endsTransaction() ? services.cursor(asked.tenant(), end) : null;
    }

    private void admit() {
        if (!admitted) {
            admitted = true;
            answers.admit(asked.request(), start);
        }
    }

    private Turn reset(ResetReason reason, Position settled) {
        answers.admit(asked.request(), settled);
        answers.reset(asked.request(), reason);
        return answered(settled);
    }

    private Turn answered(Position from) {
        close();
        answers.answer(asked.request(), from);
        return Turn.DONE;
    }

    private void deliver(Position position, Object body) {
        patience.heard();
        services.outbox().deliver(asked.node(), Optional.of(asked.tenant()), position, body);
    }
}
