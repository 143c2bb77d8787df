package dev.rowcast.gateway.channel;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.Optional;

/// What a client gets that is not let in but whose handshake is through, because it could not read a refusal of it.
@SuppressWarnings("FutureReturnValueIgnored") // the channel closes whatever becomes of it
public final class Refusal {

    private Refusal() {}

    /// Writes one message and the reason, and closes.
    public static void write(ChannelHandlerContext context, Form form, String json, CloseCause cause) {
        Rendered message = Rendered.of(json, Optional.empty());
        context.write(Script.of(message).bytes(context.alloc(), form));
        context.writeAndFlush(form.end(context.alloc(), cause)).addListener(ChannelFutureListener.CLOSE);
    }
}
