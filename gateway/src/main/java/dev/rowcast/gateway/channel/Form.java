package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.SseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// How messages stand on the wire of a connection. Everything here is plain bytes, so that one buffer serves all
/// connections of a form.
public enum Form {
    /// An event stream in chunked transfer coding (HTTP/1.1).
    SSE_CHUNKED,
    /// An event stream that ends with the connection (HTTP/1.0).
    SSE_PLAIN,
    /// WebSocket frames, unmasked as servers send them.
    WEBSOCKET,
    /// Messages as they are, for a [Wire] that puts them into one answer.
    LONG_POLL;

    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_CLOSE = 0x88;
    private static final int FINAL_PING = 0x89;
    private static final int FINAL_PONG = 0x8A;
    private static final int LONGEST_REASON_BYTES = 123;

    /// A message.
    ///
    /// @param json the whole message, with its cursor inside
    /// @param cursor the same cursor, when it has one
    ByteBuf message(ByteBufAllocator alloc, String json, Optional<String> cursor) {
        return switch (this) {
            case WEBSOCKET -> frame(alloc, FINAL_TEXT, json);
            case LONG_POLL -> ByteBufUtil.writeUtf8(alloc, json);
            case SSE_CHUNKED, SSE_PLAIN -> text(alloc, SseFrame.of(json, cursor).text());
        };
    }

    public boolean isEventStream() {
        return this == SSE_CHUNKED || this == SSE_PLAIN;
    }

    /// Event-stream text, which the other forms have not.
    ByteBuf text(ByteBufAllocator alloc, String text) {
        int size = ByteBufUtil.utf8Bytes(text);
        ByteBuf out = alloc.buffer(size + 16);
        if (this == SSE_CHUNKED) {
            out.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
            out.writeShort(0x0D0A);
        }
        ByteBufUtil.reserveAndWriteUtf8(out, text, size);
        return this == SSE_CHUNKED ? out.writeShort(0x0D0A) : out;
    }

    /// What keeps the connection open and finds a dead one: a comment, or a ping.
    ByteBuf heartbeat(ByteBufAllocator alloc) {
        return this == WEBSOCKET ? frame(alloc, FINAL_PING, "") : text(alloc, SseFrame.comment("hb"));
    }

    /// The answer to a client's ping.
    ByteBuf pong(ByteBufAllocator alloc, ByteBuf payload) {
        ByteBuf out = alloc.buffer(2 + payload.readableBytes());
        return out.writeByte(FINAL_PONG).writeByte(payload.readableBytes()).writeBytes(payload);
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

    private static ByteBuf frame(ByteBufAllocator alloc, int head, String text) {
        int size = ByteBufUtil.utf8Bytes(text);
        ByteBuf out = alloc.buffer(size + 10).writeByte(head);
        if (size < 126) {
            out.writeByte(size);
        } else if (size <= 0xFFFF) {
            out.writeByte(126).writeShort(size);
        } else {
            out.writeByte(127).writeLong(size);
        }
        ByteBufUtil.reserveAndWriteUtf8(out, text, size);
        return out;
    }
}
