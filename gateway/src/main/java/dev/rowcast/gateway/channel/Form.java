package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.SseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// How messages stand on the wire of a connection. Everything here is plain bytes, so that one buffer
/// serves all connections of a form.
public enum Form {
    /// An event stream in chunked transfer coding (HTTP/1.1).
    SSE_CHUNKED,
    /// An event stream that ends with the connection (HTTP/1.0).
    SSE_PLAIN,
    /// WebSocket frames, unmasked as servers send them.
    WEBSOCKET,
    /// Messages as they are, for a [Wire] that puts them into one answer.
    LONG_POLL;

    /// After each message of a long-poll: what JSON has nowhere in it.
    public static final char END_OF_MESSAGE = 0x1E;

    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_CLOSE = 0x88;
    private static final int FINAL_PING = 0x89;
    private static final int FINAL_PONG = 0x8A;
    private static final int LONGEST_REASON_BYTES = 123;
    private static final int CRLF = 0x0D0A;
    /// What a chunk takes beside what is in it.
    private static final int CHUNK_BYTES = 12;

    /// How many different ones [#wording()] tells.
    static final int WORDINGS = 3;

    private static final Rendered PING = Rendered.raw(frame(FINAL_PING, new byte[0]));
    private static final Rendered COMMENT = Rendered.text(SseFrame.comment("hb"));

    /// A message.
    ///
    /// @param json the whole message, with its cursor inside
    /// @param cursor the same cursor, when it has one
    byte[] message(String json, Optional<String> cursor) {
        return switch (this) {
            case WEBSOCKET -> frame(FINAL_TEXT, json.getBytes(StandardCharsets.UTF_8));
            case LONG_POLL -> (json + END_OF_MESSAGE).getBytes(StandardCharsets.UTF_8);
            case SSE_CHUNKED, SSE_PLAIN -> SseFrame.of(json, cursor).text().getBytes(StandardCharsets.UTF_8);
        };
    }

    public boolean isEventStream() {
        return this == SSE_CHUNKED || this == SSE_PLAIN;
    }

    /// What keeps the connection open and finds a dead one: a comment, or a ping.
    Rendered heartbeat() {
        return this == WEBSOCKET ? PING : COMMENT;
    }

    /// The answer to a client's ping.
    ///
    /// @param payload at most 125 bytes
    static byte[] pong(byte[] payload) {
        return frame(FINAL_PONG, payload);
    }

    /// Begins a piece of several messages.
    ///
    /// @param size of all of them, in bytes
    ByteBuf begin(ByteBufAllocator alloc, int size) {
        if (this != SSE_CHUNKED) {
            return alloc.directBuffer(size);
        }
        ByteBuf out = alloc.directBuffer(size + CHUNK_BYTES);
        out.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
        return out.writeShort(CRLF);
    }

    /// Ends a piece of several messages.
    ByteBuf finish(ByteBuf piece) {
        return this == SSE_CHUNKED ? piece.writeShort(CRLF) : piece;
    }

    /// Which forms have the same bytes for a message.
    int wording() {
        return switch (this) {
            case SSE_CHUNKED, SSE_PLAIN -> 0;
            case WEBSOCKET -> 1;
            case LONG_POLL -> 2;
        };
    }

    /// What ends the conversation in an orderly way; empty where closing the connection does.
    ByteBuf end(ByteBufAllocator alloc, CloseCause cause) {
        return switch (this) {
            case SSE_CHUNKED -> ByteBufUtil.writeAscii(alloc, "0\r\n\r\n");
            case SSE_PLAIN, LONG_POLL -> alloc.buffer(0);
            case WEBSOCKET -> {
                byte[] reason = cause.reason().getBytes(StandardCharsets.UTF_8);
                int length = Math.min(reason.length, LONGEST_REASON_BYTES);
                yield alloc.buffer(4 + length)
                        .writeByte(FINAL_CLOSE)
                        .writeByte(2 + length)
                        .writeShort(cause.code())
                        .writeBytes(reason, 0, length);
            }
        };
    }

    private static byte[] frame(int head, byte[] payload) {
        int size = payload.length;
        int headBytes = size < 126 ? 2 : size <= 0xFFFF ? 4 : 10;
        ByteBuffer out = ByteBuffer.allocate(headBytes + size).put((byte) head);
        if (size < 126) {
            out.put((byte) size);
        } else if (size <= 0xFFFF) {
            out.put((byte) 126).putShort((short) size);
        } else {
            out.put((byte) 127).putLong(size);
        }
        return out.put(payload).array();
    }
}
