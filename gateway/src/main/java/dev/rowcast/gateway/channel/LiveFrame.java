package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Frame;

/// One frame of a live delivery on its way to the members of one event loop.
final class LiveFrame {

    final Frame frame;
    final Rendered rendered;
    final long matchedUs;
    /// Whether it is for anybody.
    boolean told;
    /// The connections it is for that got nothing of its transaction before.
    int firsts;

    LiveFrame(Frame frame, Rendered rendered, long matchedUs) {
        this.frame = frame;
        this.rendered = rendered;
        this.matchedUs = matchedUs;
    }

    /// Whether both say what one change means for one row.
    boolean isOfTheSameRow(LiveFrame other) {
        return areOfTheSameRow(frame, other.frame);
    }

    static boolean areOfTheSameRow(Frame one, Frame other) {
        return one.getOffset() == other.getOffset()
                && one.getEntity() != null
                && one.getEntity().equals(other.getEntity());
    }

    /// It is for this connection.
    void countFor(Connection connection) {
        told = true;
        if (connection.countedXid != frame.getXid()) {
            connection.countedXid = frame.getXid();
            firsts++;
        }
    }
}
