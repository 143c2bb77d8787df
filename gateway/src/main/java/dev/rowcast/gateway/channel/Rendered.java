package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One message as bytes, made at most once for each wording, with and without rows and cursor, and only
/// when somebody wants it. Confined to one event loop; nobody has to release it.
final class Rendered {

    private static final int VARIANTS = 4;
    /// About what a message takes beside its text.
    private static final int AROUND = 32;

    private final @Nullable String entity;
    private final String keys;
    private final @Nullable String rows;
    private final Optional<String> cursor;
    private final byte[] @Nullable [] made = new byte[Form.WORDINGS * VARIANTS][];
    private @Nullable Meanings meanings;

    private Rendered(@Nullable String entity, String keys, @Nullable String rows, Optional<String> cursor) {
        this.entity = entity;
        this.keys = keys;
        this.rows = rows;
        this.cursor = cursor;
    }

    static Rendered of(Frame frame, Optional<String> cursor) {
        return new Rendered(frame.getEntity(), frame.getKeys(), frame.getRows(), cursor);
    }

    static Rendered of(String json, Optional<String> cursor) {
        return new Rendered(null, json, null, cursor);
    }

    /// What is no message, as it stands on the wire of its one receiver.
    static Rendered raw(byte[] bytes) {
        Rendered rendered = of("", Optional.empty());
        Arrays.fill(rendered.made, bytes);
        return rendered;
    }

    static Rendered text(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    Optional<String> cursor() {
        return cursor;
    }

    /// Whose state it tells, if of one entity.
    Optional<String> entity() {
        return Optional.ofNullable(entity);
    }

    /// About how many bytes it is, without making them.
    int weight(boolean wantsRows) {
        return AROUND + (wantsRows && rows != null ? rows.length() : keys.length());
    }

    /// @param wantsCursor only where it has one
    byte[] bytes(Form form, boolean wantsRows, boolean wantsCursor) {
        String row = wantsRows ? rows : null;
        int slot = form.wording() * VARIANTS + (row == null ? 0 : 2) + (wantsCursor ? 1 : 0);
        byte[] bytes = made[slot];
        if (bytes == null) {
            String json = row == null ? keys : row;
            bytes = wantsCursor
                    ? form.message(Frames.withCursor(json, cursor.orElseThrow()), cursor)
                    : form.message(json, Optional.empty());
            made[slot] = bytes;
        }
        return bytes;
    }

    /// What it says of its entity to who wants no rows; empty where a later message cannot stand for it.
    Optional<Meanings> meanings(ProtocolCodec codec) {
        if (meanings == null && entity != null) {
            meanings = Meanings.read(keys, cursor, codec);
        }
        return Optional.ofNullable(meanings);
    }
}
