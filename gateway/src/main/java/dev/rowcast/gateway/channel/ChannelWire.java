package dev.rowcast.gateway.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// A bare channel: what is written goes out as it is.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
record ChannelWire(Channel channel) implements Wire {

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public ByteBufAllocator alloc() {
        return channel.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public long pendingBytes() {
        var buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void end(Form form, CloseCause cause, Duration linger) {
        Ending.begin(channel, form, cause, linger);
    }

    @Override
    public void cut(CloseCause cause) {
        channel.close();
    }

    @Override
    public void whenClosed(Runnable closed) {
        channel.closeFuture().addListener(ended -> closed.run());
    }
}
