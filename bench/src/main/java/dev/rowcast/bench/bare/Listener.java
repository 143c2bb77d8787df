package dev.rowcast.bench.bare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/// A client's handshake. It is not checked: the clients are ours. What a client says afterwards means that it listens.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Listener extends ChannelInboundHandlerAdapter {

    private static final String END = "\r\n\r\n";
    private static final String EVENT_STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked" + END;
    private static final String SOCKET =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + "Connection: Upgrade" + END;
    private static final String SUBSCRIBED = "{\"type\":\"SUBSCRIBED\"}";

    private final Listeners listeners;
    private final StringBuilder head = new StringBuilder();
    private boolean upgraded;

    Listener(Listeners listeners) {
        this.listeners = listeners;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (upgraded) {
            subscribe(context);
        } else {
            head.append(in.toString(StandardCharsets.US_ASCII));
            if (head.indexOf(END) >= 0) {
                answer(context);
            }
        }
        in.release();
    }

    private void answer(ChannelHandlerContext context) {
        upgraded = head.indexOf("Upgrade: websocket") >= 0;
        ByteBuf out = context.alloc().buffer();
        Texts.ascii(out, upgraded ? SOCKET : EVENT_STREAM);
        if (!upgraded) {
            ByteBuf json = subscribed(context);
            Texts.event(out, json);
            json.release();
            listeners.eventStreams.add(context);
        }
        context.writeAndFlush(out);
    }

    private void subscribe(ChannelHandlerContext context) {
        if (listeners.sockets.add(context)) {
            ByteBuf json = subscribed(context);
            ByteBuf out = context.alloc().buffer();
            Texts.frame(out, json);
            json.release();
            context.writeAndFlush(out);
        }
    }

    private static ByteBuf subscribed(ChannelHandlerContext context) {
        ByteBuf json = context.alloc().buffer();
        Texts.ascii(json, SUBSCRIBED);
        return json;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listeners.forget(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
