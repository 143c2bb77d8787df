package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.streams.route.LoggedChange;
import java.util.ArrayList;
import java.util.List;

/// As much of a replay as goes out at once: whole changes.
final class Piece {

    /// A record of this size passes Kafka easily, and others get a turn between two of them.
    static final int MOST_BYTES = 256 << 10;

    private final List<Frame> frames = new ArrayList<>();
    private long bytes;
    private long end;
    private boolean endsTransaction;

    /// @return false when the change must wait for the next piece; a change that is too large for any is a piece alone
    boolean add(LoggedChange change, List<Frame> more) {
        if (more.isEmpty()) {
            return true;
        }
        long size = more.stream().mapToLong(Sizes::of).sum();
        if (!frames.isEmpty() && bytes + size > MOST_BYTES) {
            return false;
        }
        frames.addAll(more);
        bytes += size;
        end = change.offset();
        endsTransaction = change.endsTransaction();
        return true;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    List<Frame> frames() {
        return frames;
    }

    long bytes() {
        return bytes;
    }

    /// The offset of the last change in it.
    long end() {
        return end;
    }

    /// Whether a client may resume after it.
    boolean endsTransaction() {
        return endsTransaction;
    }
}
