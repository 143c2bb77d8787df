package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.gateway.channel.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// A channel that counts what goes out, and says so in the access log when it is closed. Confined to its event loop.
final class CountedWire implements Wire {

    private final Wire wire;
    private CloseCause cause = new CloseCause.Left();
    private long writes;
    private long bytes;

    private CountedWire(Wire wire) {
        this.wire = wire;
    }

    /// @param connection its id
    static Wire of(Channel channel, String connection, Identity identity, Form form) {
        CountedWire counted = new CountedWire(Wire.of(channel));
        long began = System.nanoTime();
        counted.whenClosed(() -> AccessLog.ended(
                connection,
                identity,
                form,
                counted.cause,
                Duration.ofNanos(System.nanoTime() - began),
                counted.writes,
                counted.bytes));
        return counted;
    }

    @Override
    public EventLoop loop() {
        return wire.loop();
    }

    @Override
    public ByteBufAllocator alloc() {
        return wire.alloc();
    }

    @Override
    public void write(ByteBuf message) {
        writes++;
        bytes += message.readableBytes();
        wire.write(message);
    }

    @Override
    public void flush() {
        wire.flush();
    }

    @Override
    public boolean isWritable() {
        return wire.isWritable();
    }

    @Override
    public long pendingBytes() {
        return wire.pendingBytes();
    }

    @Override
    public void end(Form form, CloseCause why, Duration linger) {
        cause = why;
        wire.end(form, why, linger);
    }

    @Override
    public void cut(CloseCause why) {
        cause = why;
        wire.cut(why);
    }

    @Override
    public void whenClosed(Runnable closed) {
        wire.whenClosed(closed);
    }
}
