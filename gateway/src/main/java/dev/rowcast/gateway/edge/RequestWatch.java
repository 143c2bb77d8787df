package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.HttpLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Watches that a request's head and body come in time and that its answer is taken, that not too many are sent
/// ahead of their answers, and that nobody can be of two minds about where a request ends. The server's own timeouts
/// begin with the end of the head, or start anew with every byte, so a client that sends a byte a second would hold
/// its socket for ever.
///
/// Two handlers: one in front of the codec, where bytes begin a request, and one behind it, where a head is whole.
/// Confined to the channel's event loop.
@SuppressWarnings("FutureReturnValueIgnored") // closing is seen by channelInactive
final class RequestWatch {

    private static final String BYTES = "rowcast.bytes";
    private static final String REQUESTS = "rowcast.requests";

    /// The names of its handlers, for whoever takes a channel over.
    static final List<String> HANDLERS = List.of(AnswerWatch.NAME, BYTES, REQUESTS);

    private final HttpLimits limits;
    private final Breaches breaches;
    private @Nullable Future<?> deadline;
    private int unanswered;

    private RequestWatch(HttpLimits limits, Breaches breaches) {
        this.limits = limits;
        this.breaches = breaches;
    }

    /// @param codec the name of the HTTP codec in the channel's pipeline
    static void over(Channel channel, String codec, HttpLimits limits, Breaches breaches) {
        RequestWatch watch = new RequestWatch(limits, breaches);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(codec, AnswerWatch.NAME, new AnswerWatch(limits.answerTime(), breaches));
        pipeline.addBefore(codec, BYTES, watch.new Bytes());
        pipeline.addAfter(codec, REQUESTS, watch.new Requests());
    }

    private void awaitHead(ChannelHandlerContext context) {
        if (deadline == null) {
            await(context, Limit.HEAD_TIME, limits.headTime());
        }
    }

    private void await(ChannelHandlerContext context, Limit limit, Duration within) {
        cancel();
        deadline = context.executor()
                .schedule(
                        () -> {
                            breaches.count(limit);
                            context.close();
                        },
                        within.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private final class Bytes extends ChannelInboundHandlerAdapter {

        /// A new connection has a request to make.
        @Override
        public void channelActive(ChannelHandlerContext context) {
            awaitHead(context);
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (unanswered == 0) {
                awaitHead(context);
            }
            context.fireChannelRead(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            cancel();
            context.fireChannelInactive();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            cancel();
        }
    }

    private final class Requests extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                await(context, Limit.BODY_TIME, limits.bodyTime());
                unanswered++;
                if (request.decoderResult().isSuccess() && !isPlain(request)) {
                    request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("ambiguous request")));
                }
                if (request.decoderResult().isFailure()) {
                    breaches.count(Limit.HEAD);
                }
            }
            if (message instanceof LastHttpContent) {
                cancel();
            }
            if (unanswered > limits.pipelined()) {
                ReferenceCountUtil.release(message);
                breaches.count(Limit.PIPELINE);
                context.close();
                return;
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object given, ChannelPromise promise) {
            Object message = given;
            if (Unreadable.isAnsweredBy(given)) {
                FullHttpResponse problem = Unreadable.problem((FullHttpResponse) given);
                AccessLog.unreadable(problem.status().code(), context.channel().remoteAddress());
                ReferenceCountUtil.release(given);
                message = problem;
            }
            boolean informational = message instanceof HttpResponse response
                    && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                    && response.status().code() != 101;
            if (message instanceof LastHttpContent && !informational && unanswered > 0) {
                unanswered--;
            }
            context.write(message, promise);
        }
    }

    /// One host, and no coding of the body that the codec does not take off.
    private static boolean isPlain(HttpRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean chunkedOrNone = codings.isEmpty()
                || codings.size() == 1
                        && codings.getFirst().strip().equalsIgnoreCase(HttpHeaderValues.CHUNKED.toString());
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        return chunkedOrNone
                && (hosts == 1 || hosts == 0 && !request.protocolVersion().equals(HttpVersion.HTTP_1_1));
    }
}
