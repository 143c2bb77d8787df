package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;

/// Who is told what a server sends.
interface Messages {

    /// One JSON text.
    ///
    /// @param bytes valid during the call only
    void message(ByteBuf bytes, int from, int to);

    /// The server asks for a sign of life, which repeats these bytes.
    void ping(ByteBuf bytes, int from, int to);

    /// The server ends the conversation.
    ///
    /// @param code a close code; 0 where the transport has none
    void ended(int code);
}
