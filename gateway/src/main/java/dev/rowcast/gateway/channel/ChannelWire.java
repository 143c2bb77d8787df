package dev.rowcast.gateway.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// A bare channel: what is written goes out as it is.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
record ChannelWire(ChannelHandlerContext context) implements Wire {

    @Override
    public EventLoop loop() {
        return context.channel().eventLoop();
    }

    @Override
    public ByteBufAllocator alloc() {
        return context.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        context.write(bytes, context.voidPromise());
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public long pendingBytes() {
        var buffer = context.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void end(Form form, CloseCause cause, Duration linger) {
        Ending.begin(context, form, cause, linger);
    }

    @Override
    public void cut(CloseCause cause) {
        context.close();
    }

    @Override
    public void whenClosed(Runnable closed) {
        context.channel().closeFuture().addListener(ended -> closed.run());
    }
}
