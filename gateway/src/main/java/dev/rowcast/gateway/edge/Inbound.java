package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.CloseCause.Broken;
import dev.rowcast.gateway.session.Session;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What comes from a client whose channel was taken over: WebSocket frames, or on an event stream nothing that
/// counts.
@SuppressWarnings("FutureReturnValueIgnored") // closing is seen by channelInactive
final class Inbound extends SimpleChannelInboundHandler<Object> {

    private static final Logger log = LoggerFactory.getLogger(Inbound.class);

    private final Session session;
    private boolean broken;

    Inbound(Session session) {
        this.session = session;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        if (broken) {
            return;
        }
        switch (message) {
            case TextWebSocketFrame text -> session.received(ByteBufUtil.getBytes(text.content()));
            case PingWebSocketFrame ping -> session.pinged(ping.content());
            case BinaryWebSocketFrame binary -> breakOff(Broken.NOT_TEXT);
            case CloseWebSocketFrame close -> breakOff(new CloseCause.Left());
            default -> session.heard();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        session.gone();
        context.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            session.writable();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        switch (cause) {
            case TooLongFrameException tooLong -> breakOff(Broken.TOO_LONG);
            case CorruptedWebSocketFrameException corrupted ->
                breakOff(
                        corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
                                ? Broken.TOO_LONG
                                : Broken.FRAMING);
            case IOException network -> context.close();
            default -> {
                log.atError().setCause(cause).log("Connection failed");
                context.close();
            }
        }
    }

    private void breakOff(CloseCause cause) {
        broken = true;
        session.close(cause);
    }
}
