package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// The beginning of something whose end has not come yet. Has no memory while there is nothing.
final class Kept {

    private static final int LONGEST = 16 << 20;

    private @Nullable ByteBuf bytes;

    boolean isEmpty() {
        return bytes == null;
    }

    int size() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    void add(ByteBuf more, int from, int to) {
        if (size() + to - from > LONGEST) {
            throw new IllegalStateException("a message is longer than %d bytes".formatted(LONGEST));
        }
        if (bytes == null) {
            bytes = Unpooled.buffer(Math.max(64, to - from));
        }
        bytes.writeBytes(more, from, to - from);
    }

    /// What was kept, which is then no more.
    ByteBuf take() {
        ByteBuf taken = bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
        bytes = null;
        return taken;
    }
}
