package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ProtocolLimits;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.EntityChange;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Messages as connections are told them, and read back from the bytes.
final class Said {

    static final ProtocolCodec CODEC = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    private Said() {}

    /// A change of one entity; its version is its position, which is also its cursor.
    static Rendered change(String entity, Action action, long position, boolean withCursor, boolean versioned) {
        return Rendered.of(
                frame(entity, action, position, versioned),
                withCursor ? Optional.of(Long.toString(position)) : Optional.empty());
    }

    private static Frame frame(String entity, Action action, long position, boolean versioned) {
        String keys = CODEC.encode(new Envelope(
                new Invalidate(
                        "source",
                        List.of(new EntityChange(
                                entity, action, versioned ? OptionalLong.of(position) : OptionalLong.empty())),
                        Instant.EPOCH),
                Optional.empty(),
                Optional.of("tx-" + position),
                OptionalLong.of(position),
                Optional.empty()));
        String rows = "{\"type\":\"CHANGE\",\"payload\":{\"row\":\"%s\",\"eventType\":\"%s\",\"at\":%d}}"
                .formatted(entity, action, position);
        return new Frame(
                List.of(), List.of(), "source:" + entity, List.of(), position, position, 1L, 0L, 0L, keys, rows);
    }

    static Rendered own(String text) {
        return Rendered.of("{\"type\":\"PONG\",\"id\":\"" + text + "\"}", Optional.empty());
    }

    /// The texts in a piece of WebSocket frames; releases it.
    static List<String> texts(ByteBuf piece) {
        List<String> texts = new ArrayList<>();
        try {
            while (piece.isReadable()) {
                piece.readByte();
                int size = piece.readByte();
                size = size == 126 ? piece.readUnsignedShort() : size;
                texts.add(piece.readCharSequence(size, StandardCharsets.UTF_8).toString());
            }
        } finally {
            piece.release();
        }
        return texts;
    }

    static Envelope read(String text) {
        if (CODEC.decodeServer(text) instanceof Decoded.Ok<Envelope>(Envelope envelope)) {
            return envelope;
        }
        throw new AssertionError("not of the protocol: " + text);
    }
}
