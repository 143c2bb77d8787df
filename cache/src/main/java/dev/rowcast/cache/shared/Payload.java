package dev.rowcast.cache.shared;

import dev.rowcast.cache.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A value as it is kept: the snapshot's text with its length before it, then the value.
///
/// @param snapshot under which it was read, or an older one
record Payload(Snapshot snapshot, byte[] value) {

    static byte[] bytes(Snapshot snapshot, byte[] value) {
        byte[] text = snapshot.text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Integer.BYTES + text.length + value.length)
                .putInt(text.length)
                .put(text)
                .put(value)
                .array();
    }

    static Payload of(ByteBuffer kept) {
        byte[] text = new byte[kept.getInt()];
        kept.get(text);
        byte[] value = new byte[kept.remaining()];
        kept.get(value);
        return new Payload(Snapshot.parse(new String(text, StandardCharsets.US_ASCII)), value);
    }
}
