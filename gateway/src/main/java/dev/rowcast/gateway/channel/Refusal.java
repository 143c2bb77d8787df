package dev.rowcast.gateway.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.Optional;

/// What a client gets that is not let in but whose handshake is through, because it could not read a refusal of it.
@SuppressWarnings("FutureReturnValueIgnored") // the channel closes whatever becomes of it
public final class Refusal {

    private Refusal() {}

    /// Writes one message and the reason, and closes.
    public static void write(Channel channel, Form form, String json, CloseCause cause) {
        Rendered message = Rendered.of(json, Optional.empty());
        channel.write(Script.of(message).bytes(channel.alloc(), form));
        channel.writeAndFlush(form.end(channel.alloc(), cause)).addListener(ChannelFutureListener.CLOSE);
    }
}
