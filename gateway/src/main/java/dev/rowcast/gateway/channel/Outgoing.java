package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.limit.Flow;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What goes out on one connection: the script that it is at, and before that what waits while its client
/// does not keep up. Confined to its event loop.
///
/// Over the budget everything that waits is dropped: the client gets a `RESET` with the last cursor that
/// was written to it, and the connection ends when it has read so, or has not in time.
final class Outgoing implements Lanes.Work {

    private static final int NOT_QUEUED = Haste.values().length;

    private final Connection connection;
    private final Wire wire;
    private final Shard shard;
    private Script script;
    private @Nullable Backlog backlog;
    /// The last that was written to it.
    private Optional<String> cursor = Optional.empty();
    /// The haste that it has, as its ordinal.
    private int queued = NOT_QUEUED;
    /// Whether what waits is of a replay, or waited behind it.
    private boolean catchingUp;

    private boolean full;

    private long written;
    /// What its socket had taken, and had not, when that was counted last.
    private long taken;

    private long unsent;
    /// All that waits, if it took nothing since it was counted before.
    private long stalled;
    /// Why it ends, as soon as nothing waits any more.
    private Optional<CloseCause> ending = Optional.empty();

    private Optional<Future<?>> cutting = Optional.empty();

    Outgoing(Connection connection, Wire wire, Shard shard) {
        this.connection = connection;
        this.wire = wire;
        this.shard = shard;
        this.script = shard.nothing();
    }

    void tell(Rendered message, boolean rows, boolean cursored, Haste haste) {
        move(script.then(message, rows, cursored));
        catchingUp |= haste == Haste.CATCH_UP;
        queue(haste);
    }

    /// Instead of the last message, which was not written yet, because nothing is while a delivery is told.
    void tellInstead(Rendered message, boolean rows) {
        move(script.replacingLast(message, rows));
    }

    void addCursor() {
        move(script.withCursor());
    }

    /// Whether what it is told now is written soon.
    boolean isQuick() {
        return backlog == null && wire.isWritable();
    }

    /// The client may take more than it did.
    void resume() {
        if (backlog != null) {
            queue(connection.haste());
            shard.resume();
        }
    }

    @Override
    public long write() {
        if (backlog == null && !script.isEmpty() && wire.isWritable()) {
            cursor = script.cursor().or(() -> cursor);
            long size = write(script.bytes(wire.alloc(), connection.form()));
            move(shard.nothing());
            catchingUp = false;
            queued = NOT_QUEUED;
            return size;
        }
        long size = 0;
        if (backlog != null || !script.isEmpty()) {
            Backlog waiting = backlog();
            long before = waiting.bytes();
            try {
                shard.pressure().collapsed(waiting.add(script));
                move(shard.nothing());
                size = wire.isWritable() ? write(waiting.take(wire.alloc(), turnBytes())) : 0;
                cursor = waiting.cursor().or(() -> cursor);
            } finally {
                shard.pressure().waiting(waiting.bytes() - before);
            }
        }
        queued = NOT_QUEUED;
        settle();
        return size;
    }

    @Override
    public void failed(Throwable cause) {
        queued = NOT_QUEUED;
        shard.mishaps().of(connection, cause);
    }

    /// What has to happen to what still waits.
    private void settle() {
        if (backlog == null) {
            return;
        }
        if (backlog.isEmpty()) {
            backlog = null;
            catchingUp = false;
            ending.ifPresent(this::finish);
        } else if (wire.isWritable()) {
            queue(connection.haste());
        } else if (ending.isEmpty() && isOver(backlog)) {
            shard.overflowed(connection, catchingUp);
        }
    }

    private boolean isOver(Backlog waiting) {
        Flow flow = shard.outbox().flow();
        return catchingUp
                ? waiting.bytes() > flow.replayBytes()
                : waiting.bytes() + wire.pendingBytes() > flow.pendingBytes()
                        || waiting.messages() > flow.pendingFrames();
    }

    /// Ends in an orderly way, after all that waits. For a client that does not read, this waits as it did before and
    /// is not written to a socket that does not take it.
    void end(CloseCause cause) {
        ending = Optional.of(cause);
        if (backlog == null) {
            if (!script.isEmpty()) {
                wire.write(script.bytes(wire.alloc(), connection.form()));
                move(shard.nothing());
            }
            finish(cause);
        } else if (connection.form() == Form.LONG_POLL) {
            writeAll(backlog);
            finish(cause);
        } else {
            cutting = Optional.of(shard.loop().schedule(this::cut, linger(cause).toMillis(), TimeUnit.MILLISECONDS));
            queue(Haste.CONTROL);
        }
    }

    private void finish(CloseCause cause) {
        cutting.ifPresent(timer -> timer.cancel(false));
        wire.end(connection.form(), cause, linger(cause));
    }

    /// Who was too slow has time to come back and read so.
    private Duration linger(CloseCause cause) {
        return cause.equals(CloseCause.TOO_SLOW) ? shard.outbox().flow().linger() : Ending.LINGER;
    }

    private void writeAll(Backlog waiting) {
        shard.pressure().waiting(-waiting.bytes());
        waiting.add(script);
        move(shard.nothing());
        while (!waiting.isEmpty()) {
            wire.write(waiting.take(wire.alloc(), turnBytes()));
        }
        backlog = null;
    }

    /// What has ended is closed at once.
    void cut() {
        ending.ifPresent(wire::cut);
    }

    /// The same, without having ended.
    void cutOff(CloseCause cause) {
        wire.cut(cause);
    }

    /// Drops all that waits.
    ///
    /// @return the last cursor that was written
    Optional<String> drop() {
        if (backlog != null) {
            shard.pressure().waiting(-backlog.bytes());
            backlog = null;
        }
        move(shard.nothing());
        count(unsent, Math.min(stalled, unsent));
        return cursor;
    }

    /// The socket is closed.
    void gone() {
        drop();
        cutting.ifPresent(timer -> timer.cancel(false));
        count(0, 0);
    }

    /// Bytes that wait, those included that the socket has not taken; 0 for a client that reads.
    long stalled() {
        return stalled;
    }

    /// Counts what waits by now. Called now and then: a client that took something in between is not stalled, however
    /// much waits for it.
    void count() {
        long left = wire.pendingBytes();
        boolean reads = written - left != taken;
        taken = written - left;
        count(left, left == 0 || reads ? 0 : left + (backlog == null ? 0 : backlog.bytes()));
    }

    private void count(long nowUnsent, long nowStalled) {
        shard.pressure().unsent(nowUnsent - unsent);
        unsent = nowUnsent;
        shard.pressure().stalled(nowStalled - stalled);
        stalled = nowStalled;
    }

    private Backlog backlog() {
        if (backlog == null) {
            backlog = new Backlog(connection.form(), shard.codec());
        }
        return backlog;
    }

    private long write(ByteBuf piece) {
        int size = piece.readableBytes();
        written += size;
        wire.write(piece);
        wire.flush();
        return size + Outbox.WRITE;
    }

    private void move(Script next) {
        if (next == script) {
            return;
        }
        next.enter();
        script.leave();
        script = next;
        boolean fills = next.weight() >= turnBytes();
        if (fills != full) {
            full = fills;
            shard.outbox().filled(fills ? 1 : -1);
        }
    }

    private void queue(Haste haste) {
        if (haste.ordinal() < queued) {
            queued = haste.ordinal();
            shard.outbox().add(haste, connection.identity().tenant(), this);
        }
    }

    private int turnBytes() {
        return shard.outbox().flow().turnBytes();
    }
}
