package dev.rowcast.bench.bare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.LinkedHashSet;
import java.util.Set;

/// All clients. Confined to the one event loop.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Listeners {

    final Set<ChannelHandlerContext> eventStreams = new LinkedHashSet<>();
    final Set<ChannelHandlerContext> sockets = new LinkedHashSet<>();

    /// Both are released.
    void write(ByteBuf events, ByteBuf frames) {
        write(eventStreams, events);
        write(sockets, frames);
    }

    private static void write(Set<ChannelHandlerContext> clients, ByteBuf bytes) {
        for (ChannelHandlerContext client : clients) {
            client.write(bytes.retainedDuplicate(), client.voidPromise());
            client.flush();
        }
        bytes.release();
    }

    void forget(ChannelHandlerContext client) {
        eventStreams.remove(client);
        sockets.remove(client);
    }
}
