package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.streams.route.LoggedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides which stretches of one request's replay are told together, and holds the one at hand. A stretch begins where
/// a turn finds more than [#LONG] changes of the request, and ends where the replay has caught up, or when there is no
/// more room for what such stretches hold.
final class CoalescedReplay {

    /// As many changes are told one by one: in keys mode they fit into one piece, and a client fetches once for all.
    static final int LONG = 200;

    private final ReplayServices services;
    private @Nullable Coalescing stretch;
    private int held;
    private boolean telling;
    private boolean endsTransaction;

    CoalescedReplay(ReplayServices services) {
        this.services = services;
    }

    /// Whether a stretch is at hand that has to be told before the replay goes on.
    boolean isTelling() {
        return telling;
    }

    /// Whether a stretch is at hand that takes in what follows.
    boolean isTaking() {
        return stretch != null && !telling;
    }

    /// Takes in these changes if they are long, or what went before was.
    ///
    /// @return empty when they are to be told one by one
    Optional<Together> take(List<LoggedChange> changes, Replayer replayer) {
        if (stretch == null && (changes.size() <= LONG || !services.mayHold())) {
            return Optional.empty();
        }
        List<Together.Meant> all = new ArrayList<>(changes.size());
        for (LoggedChange change : changes) {
            switch (replayer.meanings(change)) {
                case Together.Meant meant -> all.add(meant);
                case Together.Impossible impossible -> {
                    return Optional.of(impossible);
                }
            }
        }
        long concerned = all.stream().filter(each -> !each.meanings().isEmpty()).count();
        if (stretch == null && concerned <= LONG) {
            return Optional.empty();
        }
        Coalescing taking = stretch == null ? new Coalescing() : stretch;
        stretch = taking;
        for (int i = 0; i < all.size(); i++) {
            taking.add(changes.get(i), all.get(i).meanings());
        }
        endsTransaction =
                changes.isEmpty() ? endsTransaction : changes.getLast().endsTransaction();
        services.hold(taking.size() - held);
        held = taking.size();
        return Optional.of(new Together.Meant(List.of()));
    }

    /// Whether the stretch is to end here.
    boolean isFull() {
        return !services.mayHold();
    }

    /// The stretch ends; it is told from now on.
    void end() {
        if (stretch != null) {
            stretch.close();
            telling = true;
        }
    }

    /// The next frames of the stretch, as many as go out at once.
    ///
    /// @throws IllegalArgumentException when it holds what the protocol cannot say
    List<Frame> next() {
        List<Frame> frames = stretch == null ? List.of() : stretch.next();
        if (stretch == null || stretch.isTold()) {
            close();
        }
        return frames;
    }

    /// Whether a client may resume after the stretch.
    boolean endsTransaction() {
        return endsTransaction;
    }

    /// Gives up the stretch.
    void close() {
        services.hold(-held);
        held = 0;
        stretch = null;
        telling = false;
    }
}
