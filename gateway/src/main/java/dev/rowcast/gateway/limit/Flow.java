package dev.rowcast.gateway.limit;

import java.time.Duration;
import java.util.function.Consumer;

/// How much may wait for a client that does not read as fast as it is written to. Frames that many clients get are in
/// memory once, and count for each of them.
///
/// @param pendingBytes that wait for one connection; over it `RESET` and close 4008
/// @param pendingFrames that wait for one connection; over it the same
/// @param lowWater in bytes: a connection whose socket was full is written to again when no more than this is left
/// @param highWater in bytes: a connection is not written to while its socket has left more than this
/// @param notSentLowAt in bytes: what the kernel takes of a connection beyond what is on its way; Linux only
/// @param replayBytes that wait for one connection while it catches up, instead of the two above
/// @param turnBytes that are written to one connection in one piece, about
/// @param linger for which a connection that was over its budget is kept, so that its client can read why
/// @param unanswered for which a client's machine may acknowledge nothing, or take nothing; Linux only
/// @param nodeBytes that wait for all clients of the node together that take nothing; over it those for which most
///     waits end
public record Flow(
        int pendingBytes,
        int pendingFrames,
        int lowWater,
        int highWater,
        int notSentLowAt,
        int replayBytes,
        int turnBytes,
        Duration linger,
        Duration unanswered,
        long nodeBytes) {

    public static final Flow DEFAULTS = new Flow(
            256 << 10,
            500,
            32 << 10,
            64 << 10,
            16 << 10,
            4 << 20,
            64 << 10,
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Runtime.getRuntime().maxMemory() / 2);

    public Flow {
        Checks.atLeastOne("pendingBytes", pendingBytes);
        Checks.atLeastOne("pendingFrames", pendingFrames);
        Checks.atLeastOne("lowWater", lowWater);
        Checks.atLeastOne("highWater", highWater);
        Checks.atLeastOne("notSentLowAt", notSentLowAt);
        Checks.atLeastOne("replayBytes", replayBytes);
        Checks.atLeastOne("turnBytes", turnBytes);
        Checks.positive("linger", linger);
        Checks.positive("unanswered", unanswered);
        Checks.atLeastOne("nodeBytes", nodeBytes);
        if (lowWater > highWater) {
            throw new IllegalArgumentException(
                    "limit lowWater must be at most highWater %d, is %d".formatted(highWater, lowWater));
        }
    }

    public Flow withPendingBytes(int value) {
        return with(draft -> draft.pendingBytes = value);
    }

    public Flow withPendingFrames(int value) {
        return with(draft -> draft.pendingFrames = value);
    }

    public Flow withReplayBytes(int value) {
        return with(draft -> draft.replayBytes = value);
    }

    public Flow withLinger(Duration value) {
        return with(draft -> draft.linger = value);
    }

    public Flow withUnanswered(Duration value) {
        return with(draft -> draft.unanswered = value);
    }

    public Flow withNodeBytes(long value) {
        return with(draft -> draft.nodeBytes = value);
    }

    private Flow with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.build();
    }

    /// What may be set differently, while it is.
    private static final class Draft {
        private final Flow base;
        int pendingBytes;
        int pendingFrames;
        int replayBytes;
        Duration linger;
        Duration unanswered;
        long nodeBytes;

        Draft(Flow base) {
            this.base = base;
            this.pendingBytes = base.pendingBytes;
            this.pendingFrames = base.pendingFrames;
            this.replayBytes = base.replayBytes;
            this.linger = base.linger;
            this.unanswered = base.unanswered;
            this.nodeBytes = base.nodeBytes;
        }

        Flow build() {
            return new Flow(
                    pendingBytes,
                    pendingFrames,
                    base.lowWater,
                    base.highWater,
                    base.notSentLowAt,
                    replayBytes,
                    base.turnBytes,
                    linger,
                    unanswered,
                    nodeBytes);
        }
    }
}
