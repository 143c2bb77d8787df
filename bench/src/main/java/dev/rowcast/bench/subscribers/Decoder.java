package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;

/// Bytes to messages; keeps what is not whole yet.
interface Decoder {

    /// Reads all of it.
    ///
    /// @throws IllegalStateException when it cannot be of this transport
    void read(ByteBuf in, Messages messages);

    /// Releases what is kept.
    void close();
}
