package dev.rowcast.gateway.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// The orderly end of a socket: the last bytes, our half closed, and the whole when the client has closed its half.
@SuppressWarnings("FutureReturnValueIgnored") // the channel closes whatever becomes of it
final class Ending {

    /// For a client to take the last bytes, and then to close its half.
    static final Duration LINGER = Duration.ofSeconds(2);

    private Ending() {}

    /// @param linger for the client to take the last bytes
    static void begin(Channel channel, Form form, CloseCause cause, Duration linger) {
        if (!channel.isActive()) {
            return;
        }
        closeAfter(channel, linger);
        // What the client still sends is read and dropped until it has seen the end: closing on unread bytes would
        // reset the connection and could take the last frames with it.
        channel.writeAndFlush(form.end(channel.alloc(), cause)).addListener(written -> {
            if (channel instanceof DuplexChannel duplex && written.isSuccess()) {
                closeAfter(channel, LINGER);
                duplex.shutdownOutput().addListener(shut -> {
                    if (!shut.isSuccess()) {
                        channel.close();
                    }
                });
            } else {
                channel.close();
            }
        });
    }

    private static void closeAfter(Channel channel, Duration time) {
        var late = channel.eventLoop().schedule(() -> channel.close(), time.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener((ChannelFutureListener) closed -> late.cancel(false));
    }
}
