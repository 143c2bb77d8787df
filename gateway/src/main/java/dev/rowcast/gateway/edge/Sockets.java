package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.Seats;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;

/// How many sockets one address may have open, also those on which it says nothing, or talks for ever about who it is.
/// One too many is closed as it comes, unread. Behind a trusted proxy all of them are the proxy's own, which has to
/// count them itself. Fails open: a socket whose address is not known is not counted.
///
/// Safe for use by several threads.
@SuppressWarnings("FutureReturnValueIgnored") // the seat comes back with the channel's end, whatever it was
final class Sockets {

    private final Seats seats = new Seats();
    private final int most;
    private final boolean counted;
    private final Breaches breaches;

    /// @param most of one address
    Sockets(int most, Proxies proxies, Breaches breaches) {
        this.most = most;
        this.counted = !proxies.areInFront();
        this.breaches = breaches;
    }

    /// Called before the channel reads anything.
    void opened(Channel channel) {
        if (!counted || !(channel.remoteAddress() instanceof InetSocketAddress remote) || remote.getAddress() == null) {
            return;
        }
        String network = Proxies.network(remote.getAddress().getHostAddress());
        if (seats.take(network, most)) {
            channel.closeFuture().addListener(closed -> seats.release(network));
        } else {
            breaches.count(Limit.SOCKETS_ADDRESS);
            channel.pipeline().addFirst(new TurnedAway());
        }
    }

    /// The pipeline is still being built when a channel opens, so it ends as soon as that is done.
    private static final class TurnedAway extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            context.close();
        }
    }
}
