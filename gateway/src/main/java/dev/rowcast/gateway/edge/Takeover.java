package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Flow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// Takes a channel over from Reactor Netty once WebFlux has answered the handshake: the only class that knows how
/// Reactor Netty builds its pipeline.
///
/// It stands in for the HTTP codec, encodes the one response head that still comes, swallows the end of that
/// response, and a turn of the event loop later removes what Reactor Netty has in the pipeline, and itself. What stays
/// is a bare channel. The exchange ends for WebFlux in the ordinary way.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Takeover extends ChannelDuplexHandler {

    /// What becomes of the channel afterwards.
    interface Heir {
        /// The channel is bare; the head is written.
        ///
        /// @return what handles what the client sends, when that matters
        Optional<ChannelHandler> inherit(Channel channel);
    }

    private static final AttributeKey<Connection> OWNER = AttributeKey.valueOf("$CONNECTION");

    /// Metrics of the channel and TLS stay: the one must see the channel close, the other encrypts.
    private static final List<String> REMOVED = List.of(
            NettyPipeline.HttpTrafficHandler,
            NettyPipeline.AccessLogHandler,
            NettyPipeline.HttpMetricsHandler,
            NettyPipeline.CompressionHandler,
            NettyPipeline.ChunkedWriter,
            NettyPipeline.IdleTimeoutHandler,
            NettyPipeline.ReadTimeoutHandler,
            NettyPipeline.H2CUpgradeHandler,
            NettyPipeline.UnvoidHandler,
            NettyPipeline.ReactiveBridge);

    /// A client that talks before it may: more than this is not kept.
    private static final int MOST_EARLY_BYTES = 64 << 10;

    private final boolean chunked;
    private final Flow flow;
    private final Heir heir;
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private int earlyBytes;
    /// The last moments, in which nothing is held up any more.
    private boolean owned;

    private Takeover(boolean chunked, Flow flow, Heir heir) {
        this.chunked = chunked;
        this.flow = flow;
        this.heir = heir;
    }

    /// The response's channel when it can change hands; empty under HTTP/2, where the channel is of one stream.
    static Optional<Channel> channel(ServerHttpResponse response) {
        HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
        AtomicReference<Channel> found = new AtomicReference<>();
        netty.withConnection(connection -> found.set(connection.channel()));
        return Optional.of(found.get()).filter(channel -> channel.pipeline().get(HttpServerCodec.class) != null);
    }

    /// The event loop of the response's channel.
    static EventLoop eventLoop(ServerHttpResponse response) {
        HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
        AtomicReference<EventLoop> found = new AtomicReference<>();
        netty.withConnection(connection -> found.set(connection.channel().eventLoop()));
        return found.get();
    }

    /// Runs tasks on that event loop, at once where it is the caller's.
    static Executor onEventLoop(ServerHttpResponse response) {
        EventLoop loop = eventLoop(response);
        return task -> {
            if (loop.inEventLoop()) {
                task.run();
            } else {
                loop.execute(task);
            }
        };
    }

    /// Whether the client cannot read chunked transfer coding.
    static boolean isHttp10(ServerHttpRequest request) {
        HttpServerRequest netty = ServerHttpRequestDecorator.getNativeRequest(request);
        return netty.version().equals(HttpVersion.HTTP_1_0);
    }

    /// Prepares the channel; the caller then completes the response without a body. Called on the event loop.
    /// The codec's name is kept, because Reactor Netty puts its idle timeout back behind it when the response
    /// has ended.
    ///
    /// @param chunked whether the response is in chunked transfer coding
    static void begin(Channel channel, boolean chunked, Flow flow, Heir heir) {
        channel.pipeline().replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new Takeover(chunked, flow, heir));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (owned) {
            context.write(message, promise);
            return;
        }
        if (message instanceof HttpResponse head) {
            context.write(encoded(head));
        }
        boolean last = message instanceof LastHttpContent;
        ReferenceCountUtil.release(message);
        // Success lets Reactor Netty end the exchange as it always does.
        promise.trySuccess();
        if (last) {
            context.flush();
            context.channel().eventLoop().execute(() -> own(context));
        }
    }

    /// Reactor Netty closes after the response when the client said `Connection: close` or speaks HTTP/1.0; but the
    /// response has only begun.
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (owned) {
            context.close(promise);
        } else {
            promise.trySuccess();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes && earlyBytes + bytes.readableBytes() <= MOST_EARLY_BYTES) {
            earlyBytes += bytes.readableBytes();
            early.add(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        releaseEarly();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        releaseEarly();
        context.fireChannelInactive();
    }

    private void own(ChannelHandlerContext context) {
        Channel channel = context.channel();
        if (!channel.isActive()) {
            releaseEarly();
            return;
        }
        ChannelPipeline pipeline = context.pipeline();
        for (String name : REMOVED) {
            if (pipeline.get(name) != null) {
                pipeline.remove(name);
            }
        }
        RequestWatch.HANDLERS.forEach(pipeline::remove);
        channel.attr(OWNER).set(null);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(flow.lowWater(), flow.highWater()));
        if (channel instanceof EpollSocketChannel) {
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) flow.notSentLowAt());
            // Else the kernel tries a quarter of an hour before it gives a client up whose network is gone.
            channel.config()
                    .setOption(
                            EpollChannelOption.TCP_USER_TIMEOUT,
                            Math.clamp(flow.unanswered().toMillis(), 1, Integer.MAX_VALUE));
        }
        owned = true;
        heir.inherit(channel).ifPresent(pipeline::addLast);
        for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
            context.fireChannelRead(bytes);
        }
        context.fireChannelReadComplete();
        if (!context.isRemoved()) {
            pipeline.remove(this);
        }
        // Or a disconnect would not be seen.
        channel.config().setAutoRead(true);
        channel.read();
    }

    private void releaseEarly() {
        early.forEach(ByteBuf::release);
        early.clear();
    }

    private ByteBuf encoded(HttpResponse head) {
        head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        if (chunked) {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else {
            head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        StringBuilder text = new StringBuilder(512)
                .append(head.protocolVersion())
                .append(' ')
                .append(head.status())
                .append("\r\n");
        for (Map.Entry<String, String> header : head.headers()) {
            text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        return Unpooled.copiedBuffer(text.append("\r\n"), StandardCharsets.ISO_8859_1);
    }
}
