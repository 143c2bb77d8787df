package dev.rowcast.cache.redis;

import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/// Hears why a server refused a connection: what it says first, which is its answer to the login. Lettuce often tells
/// that the connection was closed and not why, when its own closing overtakes the reason.
final class Refusals implements NettyCustomizer {

    private static final int LONGEST = 200;

    private volatile String last = "";

    /// In the server's own words where it said any, otherwise in those of the deepest cause. Always one line: where a
    /// cluster cannot be read Lettuce lists the servers below what it wanted, each with what ails it.
    String reason(Throwable failure) {
        String words = last;
        if (!words.isEmpty()) {
            return words;
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .orElse("")
                .strip();
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
        last = "";
        ChannelHandlerContext commands = channel.pipeline().context(CommandHandler.class);
        if (commands != null) {
            channel.pipeline().addBefore(commands.name(), null, new FirstAnswer());
        }
    }

    private final class FirstAnswer extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf bytes && bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == '-') {
                last = bytes.toString(
                                bytes.readerIndex() + 1,
                                Math.min(bytes.readableBytes() - 1, LONGEST),
                                StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("");
            }
            context.pipeline().remove(this);
            context.fireChannelRead(message);
        }
    }
}
