package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.CloseCause.Broken;
import dev.rowcast.gateway.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What comes from a client whose channel was taken over: WebSocket frames, or on an event stream nothing
/// that counts.
@SuppressWarnings("FutureReturnValueIgnored") // closing is seen by channelInactive
final class Inbound extends ChannelInboundHandlerAdapter implements SocketDecoder.Listener {

    private static final Logger log = LoggerFactory.getLogger(Inbound.class);

    private final Session session;
    private final Optional<SocketDecoder> decoder;

    private Inbound(Session session, int longest) {
        this.session = session;
        this.decoder = longest > 0 ? Optional.of(new SocketDecoder(longest, this)) : Optional.empty();
    }

    /// @param longest message in bytes, over all its frames
    static Inbound socket(Session session, int longest) {
        return new Inbound(session, longest);
    }

    static Inbound eventStream(Session session) {
        return new Inbound(session, 0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof ByteBuf bytes && decoder.isPresent()) {
                decoder.get().read(bytes);
            } else {
                session.heard();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void text(byte[] utf8) {
        session.received(utf8);
    }

    @Override
    public void ping(byte[] payload) {
        session.pinged(payload);
    }

    @Override
    public void pong() {
        session.heard();
    }

    @Override
    public void closed() {
        session.close(new CloseCause.Left());
    }

    @Override
    public void broken(Broken how) {
        session.close(how);
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
        if (!(cause instanceof IOException)) {
            log.atError().setCause(cause).log("Connection failed");
        }
        context.close();
    }
}
