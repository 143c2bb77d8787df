package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;

/// A server's WebSocket frames, which are not masked and hold one message each.
final class WebSocketDecoder implements Decoder {

    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int TEXT = 1;
    private static final int NO_CODE = 1005;

    private final Kept payload = new Kept();
    /// What is known of the head; -1 before its first byte.
    private int opcode = -1;
    private boolean lengthKnown;
    private int lengthBytes;
    private long left;

    @Override
    public void read(ByteBuf in, Messages messages) {
        while (in.isReadable()) {
            if (opcode < 0) {
                opcode = in.readByte() & 0x0F;
            } else if (!lengthKnown) {
                length(in.readByte() & 0xFF);
            } else {
                body(in, messages);
                continue;
            }
            if (lengthKnown && left == 0) {
                body(in, messages);
            }
        }
    }

    private void length(int b) {
        if (lengthBytes > 0) {
            left = left << 8 | b;
            lengthBytes--;
        } else if (b > 127) {
            throw new IllegalStateException("a server's frame is masked");
        } else {
            lengthBytes = b == 126 ? 2 : b == 127 ? 8 : 0;
            left = b < 126 ? b : 0;
        }
        lengthKnown = lengthBytes == 0;
    }

    private void body(ByteBuf in, Messages messages) {
        int now = (int) Math.min(left - payload.size(), in.readableBytes());
        int from = in.readerIndex();
        in.skipBytes(now);
        if (payload.isEmpty() && now == left) {
            frame(in, from, from + now, messages);
        } else {
            payload.add(in, from, from + now);
            if (payload.size() < left) {
                return;
            }
            ByteBuf whole = payload.take();
            frame(whole, 0, whole.writerIndex(), messages);
        }
        opcode = -1;
        lengthKnown = false;
        left = 0;
    }

    private void frame(ByteBuf in, int from, int to, Messages messages) {
        switch (opcode) {
            case TEXT -> messages.message(in, from, to);
            case PING -> messages.ping(in, from, to);
            case CLOSE -> messages.ended(to - from >= 2 ? in.getUnsignedShort(from) : NO_CODE);
            default -> {} // pongs say nothing
        }
    }

    @Override
    public void close() {
        payload.take();
    }
}
