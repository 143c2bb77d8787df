package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.protocol.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One message as bytes, made at most once for each form, with and without rows and cursor, and only when somebody
/// wants it. Confined to one event loop.
final class Rendered {

    private final ByteBufAllocator alloc;
    private final String keys;
    private final String rows;
    private final Optional<String> cursor;
    private final @Nullable ByteBuf[] buffers = new ByteBuf[Form.values().length * 4];

    private Rendered(ByteBufAllocator alloc, String keys, String rows, Optional<String> cursor) {
        this.alloc = alloc;
        this.keys = keys;
        this.rows = rows;
        this.cursor = cursor;
    }

    static Rendered of(ByteBufAllocator alloc, Frame frame, Optional<String> cursor) {
        String rows = frame.getRows();
        return new Rendered(alloc, frame.getKeys(), rows == null ? frame.getKeys() : rows, cursor);
    }

    static Rendered of(ByteBufAllocator alloc, String json, Optional<String> cursor) {
        return new Rendered(alloc, json, json, cursor);
    }

    Optional<String> cursor() {
        return cursor;
    }

    /// The bytes for one receiver, which owns a reference to them.
    ByteBuf bytes(Form form, boolean wantsRows, boolean wantsCursor) {
        boolean cursored = wantsCursor && cursor.isPresent();
        int slot = form.ordinal() * 4 + (wantsRows ? 2 : 0) + (cursored ? 1 : 0);
        ByteBuf made = buffers[slot];
        if (made == null) {
            String json = wantsRows ? rows : keys;
            made = cursored
                    ? form.message(alloc, Frames.withCursor(json, cursor.get()), cursor)
                    : form.message(alloc, json, Optional.empty());
            buffers[slot] = made;
        }
        return made.retainedDuplicate();
    }

    void release() {
        for (ByteBuf buffer : buffers) {
            if (buffer != null) {
                buffer.release();
            }
        }
    }
}
