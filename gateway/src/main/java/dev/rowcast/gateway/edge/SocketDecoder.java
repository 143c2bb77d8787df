package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.CloseCause.Broken;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// Reads the WebSocket frames of a client (RFC 6455), whatever pieces they come in. Extensions are not
/// offered, so no bit of theirs may be set. A message is kept only while it comes, and never in more bytes
/// than have come, nor the limit. Confined to the event loop.
final class SocketDecoder {

    /// What comes. After [#closed()] and [#broken(Broken)] nothing does.
    interface Listener {
        /// A message, in valid UTF-8.
        void text(byte[] utf8);

        /// @param payload at most 125 bytes
        void ping(byte[] payload);

        /// A sign of life.
        void pong();

        /// The client ends the conversation.
        void closed();

        void broken(Broken how);
    }

    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0F;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int LONGEST_CONTROL = 125;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int MASK_BYTES = 4;
    private static final int LONGEST_HEAD = 2 + Long.BYTES + MASK_BYTES;
    private static final byte[] NONE = new byte[0];

    /// Frames of one message.
    static final int MOST_FRAGMENTS = 1_024;

    private final int longest;
    private final Listener listener;
    private final byte[] head = new byte[LONGEST_HEAD];
    private int headSize;
    /// What is still to come of the frame.
    private int left;
    /// What has come of it.
    private int frameSize;
    /// What has come of the message, of which there may be more frames.
    private byte[] message = NONE;

    private int messageSize;
    private int fragments;
    private byte[] control = NONE;
    private boolean over;

    /// @param longest message in bytes, over all its frames
    SocketDecoder(int longest, Listener listener) {
        this.longest = longest;
        this.listener = listener;
    }

    /// Reads all of it; it stays the caller's.
    void read(ByteBuf in) {
        while (!over && in.isReadable()) {
            if (headSize < headLength()) {
                head[headSize++] = in.readByte();
                if (headSize == 2) {
                    checkStart();
                }
                if (!over && headSize == headLength()) {
                    begin();
                }
            } else {
                take(in);
            }
        }
    }

    /// Nothing more comes.
    void end() {
        over = true;
        message = NONE;
        control = NONE;
    }

    private int opcode() {
        return head[0] & OPCODE;
    }

    private boolean isControl() {
        return opcode() >= CLOSE;
    }

    private boolean isFinal() {
        return (head[0] & FINAL) != 0;
    }

    private int shortLength() {
        return head[1] & ~MASKED & 0xFF;
    }

    private int headLength() {
        if (headSize < 2) {
            return 2;
        }
        return 2 + lengthBytes() + MASK_BYTES;
    }

    private int lengthBytes() {
        return switch (shortLength()) {
            case SHORT_LENGTH -> Short.BYTES;
            case LONG_LENGTH -> Long.BYTES;
            default -> 0;
        };
    }

    private void checkStart() {
        boolean allowed = (head[0] & RESERVED) == 0
                && (head[1] & MASKED) != 0
                && switch (opcode()) {
                    case CONTINUATION -> fragments > 0;
                    case TEXT, BINARY -> fragments == 0;
                    case CLOSE, PING, PONG -> isFinal() && shortLength() <= LONGEST_CONTROL;
                    default -> false;
                };
        if (!allowed) {
            breakOff(Broken.FRAMING);
        } else if (opcode() == BINARY) {
            breakOff(Broken.NOT_TEXT);
        }
    }

    private void begin() {
        long length = length();
        if (length < 0) {
            breakOff(Broken.FRAMING);
            return;
        }
        if (isControl()) {
            control = length == 0 ? NONE : new byte[(int) length];
        } else if (length > longest - messageSize) {
            breakOff(Broken.TOO_LONG);
            return;
        } else if (++fragments > MOST_FRAGMENTS) {
            breakOff(Broken.TOO_MANY_FRAGMENTS);
            return;
        }
        left = (int) length;
        frameSize = 0;
        if (left == 0) {
            endFrame();
        }
    }

    /// @return -1 when it is not in the shortest form
    private long length() {
        int bytes = lengthBytes();
        if (bytes == 0) {
            return shortLength();
        }
        long length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << Byte.SIZE | head[2 + i] & 0xFF;
        }
        long least = bytes == Short.BYTES ? SHORT_LENGTH : 0x1_0000;
        return length < least ? -1 : length;
    }

    private void take(ByteBuf in) {
        int size = Math.min(left, in.readableBytes());
        if (isControl()) {
            in.readBytes(control, frameSize, size);
            unmask(control, frameSize, size);
        } else {
            makeRoom(size);
            in.readBytes(message, messageSize, size);
            unmask(message, messageSize, size);
            messageSize += size;
        }
        frameSize += size;
        left -= size;
        if (left == 0) {
            endFrame();
        }
    }

    /// Grows with what has come, not with what was announced.
    private void makeRoom(int size) {
        int needed = messageSize + size;
        if (needed > message.length) {
            boolean whole = isFinal() && size == left;
            message = Arrays.copyOf(message, whole ? needed : Math.min(longest, Math.max(needed, 2 * message.length)));
        }
    }

    private void unmask(byte[] bytes, int from, int size) {
        int mask = headSize - MASK_BYTES;
        for (int i = 0; i < size; i++) {
            bytes[from + i] ^= head[mask + ((frameSize + i) & 3)];
        }
    }

    private void endFrame() {
        headSize = 0;
        if (isControl()) {
            byte[] payload = control;
            control = NONE;
            endControl(payload);
        } else if (isFinal()) {
            byte[] text = messageSize == message.length ? message : Arrays.copyOf(message, messageSize);
            message = NONE;
            messageSize = 0;
            fragments = 0;
            if (Utf8.isValid(text, 0)) {
                listener.text(text);
            } else {
                breakOff(Broken.NOT_UTF8);
            }
        }
    }

    private void endControl(byte[] payload) {
        switch (opcode()) {
            case PING -> listener.ping(payload);
            case PONG -> listener.pong();
            default -> {
                if (payload.length == 1 || payload.length > 1 && !isCloseCode(payload)) {
                    breakOff(Broken.FRAMING);
                } else if (!Utf8.isValid(payload, Math.min(2, payload.length))) {
                    breakOff(Broken.NOT_UTF8);
                } else {
                    end();
                    listener.closed();
                }
            }
        }
    }

    /// Those that may be on the wire.
    private static boolean isCloseCode(byte[] payload) {
        int code = (payload[0] & 0xFF) << Byte.SIZE | payload[1] & 0xFF;
        return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999;
    }

    private void breakOff(Broken how) {
        end();
        listener.broken(how);
    }
}
