package dev.rowcast.bench.bare;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.function.Supplier;

/// Arguments: the clients' port, and the port where messages come in, each as its length in four bytes and its text.
/// Linux only.
final class BareServer {

    private static final int LONGEST = 1 << 20;

    private BareServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Listeners listeners = new Listeners();
        listen(loop, Integer.parseInt(arguments[0]), () -> new ChannelHandler[] {new Listener(listeners)});
        listen(loop, Integer.parseInt(arguments[1]), () -> new ChannelHandler[] {
            new LengthFieldBasedFrameDecoder(LONGEST, 0, Integer.BYTES, 0, Integer.BYTES), new Publisher(listeners)
        });
        loop.terminationFuture().await();
    }

    private static void listen(MultiThreadIoEventLoopGroup loop, int port, Supplier<ChannelHandler[]> handlers)
            throws InterruptedException {
        new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(handlers.get());
                    }
                })
                .bind("127.0.0.1", port)
                .sync();
    }
}
