package dev.rowcast.gateway.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// Where a connection's bytes go. Confined to its event loop: every method is called there.
public interface Wire {

    /// A channel that changed hands.
    ///
    /// @param channel in which only TLS changes what is written
    static Wire of(Channel channel) {
        return new ChannelWire(channel);
    }

    EventLoop loop();

    ByteBufAllocator alloc();

    /// Takes one or several messages in one piece; the bytes are the wire's from here on.
    void write(ByteBuf bytes);

    /// Called after each piece.
    void flush();

    /// Whether the client takes more now. When it does again, [Connection#writable()] is to be called.
    boolean isWritable();

    /// What was written and not yet taken by the client.
    long pendingBytes();

    /// Ends in an orderly way, after what was written.
    ///
    /// @param linger for a client that does not take it
    void end(Form form, CloseCause cause, Duration linger);

    /// Ends at once; what the client has not taken is dropped.
    void cut(CloseCause cause);

    /// Runs this once when nothing goes in or out any more.
    void whenClosed(Runnable closed);
}
