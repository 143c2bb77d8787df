package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;

/// An event stream, in chunks or as it is. Chunks need not end where events do.
final class EventStreamDecoder implements Decoder {

    private enum State {
        SIZE,
        EXTENSION,
        BODY,
        BODY_END,
        ENDED
    }

    private static final int LONGEST_LINE_START = 5;

    private final boolean chunked;
    private final Kept line = new Kept();
    private State state = State.SIZE;
    private long left;

    EventStreamDecoder(boolean chunked) {
        this.chunked = chunked;
    }

    @Override
    public void read(ByteBuf in, Messages messages) {
        if (!chunked) {
            text(in, in.readerIndex(), in.writerIndex(), messages);
            in.skipBytes(in.readableBytes());
        }
        while (in.isReadable()) {
            switch (state) {
                case SIZE -> size(in.readByte(), messages);
                case EXTENSION -> {
                    if (in.readByte() == '\n') {
                        begin(messages);
                    }
                }
                case BODY -> {
                    int now = (int) Math.min(left, in.readableBytes());
                    text(in, in.readerIndex(), in.readerIndex() + now, messages);
                    in.skipBytes(now);
                    left -= now;
                    state = left == 0 ? State.BODY_END : State.BODY;
                }
                case BODY_END -> {
                    if (in.readByte() == '\n') {
                        state = State.SIZE;
                    }
                }
                case ENDED -> in.skipBytes(in.readableBytes());
            }
        }
    }

    private void size(byte b, Messages messages) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            left = left * 16 + digit;
        } else if (b == '\n') {
            begin(messages);
        } else if (b == '\r' || b == ';') {
            state = State.EXTENSION;
        } else {
            throw new IllegalStateException("no size of a chunk: byte " + b);
        }
    }

    private void begin(Messages messages) {
        state = left == 0 ? State.ENDED : State.BODY;
        if (left == 0) {
            messages.ended(0);
        }
    }

    private void text(ByteBuf in, int from, int to, Messages messages) {
        int at = from;
        while (at < to) {
            int end = in.indexOf(at, to, (byte) '\n');
            if (end < 0) {
                line.add(in, at, to);
                return;
            }
            if (line.isEmpty()) {
                line(in, at, end, messages);
            } else {
                line.add(in, at, end);
                ByteBuf whole = line.take();
                line(whole, 0, whole.writerIndex(), messages);
            }
            at = end + 1;
        }
    }

    /// Each of the gateway's events has one line of data, which is a message.
    private static void line(ByteBuf in, int from, int to, Messages messages) {
        if (to - from > LONGEST_LINE_START && in.getByte(from) == 'd' && in.getByte(from + 4) == ':') {
            int start = from + (in.getByte(from + LONGEST_LINE_START) == ' ' ? 6 : 5);
            int end = in.getByte(to - 1) == '\r' ? to - 1 : to;
            messages.message(in, start, end);
        }
    }

    @Override
    public void close() {
        line.take();
    }
}
