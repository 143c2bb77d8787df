package dev.rowcast.bench.bare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/// Messages as they are on the wire.
final class Texts {

    private static final String DATA = "data: ";
    private static final String END = "\n\n";
    private static final int FINAL_TEXT = 0x81;
    private static final int ONE_BYTE_LENGTH = 126;

    private Texts() {}

    /// An event, in a chunk of its own.
    static void event(ByteBuf out, ByteBuf json) {
        ascii(out, Integer.toHexString(DATA.length() + json.readableBytes() + END.length()) + "\r\n" + DATA);
        out.writeBytes(json, json.readerIndex(), json.readableBytes());
        ascii(out, END + "\r\n");
    }

    /// A WebSocket frame.
    static void frame(ByteBuf out, ByteBuf json) {
        int size = json.readableBytes();
        out.writeByte(FINAL_TEXT);
        if (size < ONE_BYTE_LENGTH) {
            out.writeByte(size);
        } else {
            out.writeByte(ONE_BYTE_LENGTH).writeShort(size);
        }
        out.writeBytes(json, json.readerIndex(), size);
    }

    static void ascii(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
    }
}
