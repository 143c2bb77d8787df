package dev.rowcast.bench.bare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// Takes what came in one turn to all clients in one piece.
final class Publisher extends ChannelInboundHandlerAdapter {

    private final Listeners listeners;
    private @Nullable ByteBuf events;
    private @Nullable ByteBuf frames;

    Publisher(Listeners listeners) {
        this.listeners = listeners;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf json = (ByteBuf) message;
        events = events == null ? context.alloc().buffer() : events;
        frames = frames == null ? context.alloc().buffer() : frames;
        Texts.event(events, json);
        Texts.frame(frames, json);
        json.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (events != null && frames != null) {
            listeners.write(events, frames);
            events = null;
            frames = null;
        }
    }
}
