package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Gives up clients that take nothing of an answer any more: the server's own timeouts begin when an answer is written
/// out, so what is left of one would be held for as long as its client likes. Who takes a little now and then is slow,
/// and is waited for; that is seen when the kernel has room for more, which it says for about a third of its buffer.
@SuppressWarnings("FutureReturnValueIgnored") // closing is seen by channelInactive
final class AnswerWatch extends IdleStateHandler {

    /// For whoever takes a channel over, which has bounds of its own.
    static final String NAME = "rowcast.answers";

    private final Breaches breaches;

    /// @param within in which it is noticed at the latest
    AnswerWatch(Duration within, Breaches breaches) {
        // The first look only remembers what waits, so there are two in this time.
        super(true, 0, within.toMillis() / 2, 0, TimeUnit.MILLISECONDS);
        this.breaches = breaches;
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        if (!event.isFirst() && waiting != null && !waiting.isEmpty()) {
            breaches.count(Limit.ANSWER_TIME);
            context.close();
        }
    }
}
