package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.EntityChange;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What an `INVALIDATE` of one entity says, alone and standing for what went before. Read once for all
/// connections of an event loop, and only when the first of them is slow.
final class Meanings {

    private final Invalidate invalidate;
    private final Optional<String> cursor;
    private final ProtocolCodec codec;
    private final Map<Action, Rendered> versioned = new EnumMap<>(Action.class);
    private final Map<Action, Rendered> unversioned = new EnumMap<>(Action.class);

    private Meanings(Invalidate invalidate, Optional<String> cursor, ProtocolCodec codec) {
        this.invalidate = invalidate;
        this.cursor = cursor;
        this.codec = codec;
    }

    /// @return null where it is no such message
    static @Nullable Meanings read(String json, Optional<String> cursor, ProtocolCodec codec) {
        return codec.decodeServer(json) instanceof Decoded.Ok<Envelope>(Envelope envelope)
                        && envelope.message() instanceof Invalidate invalidate
                        && invalidate.changes().size() == 1
                ? new Meanings(invalidate, cursor, codec)
                : null;
    }

    Action action() {
        return change().action();
    }

    boolean hasVersion() {
        return change().version().isPresent();
    }

    /// The message that says this of all that happened to the entity. It is of no transaction.
    ///
    /// @param withVersion false where something of it has none, which no version of the client's may hide
    Rendered coalesced(Action action, boolean withVersion) {
        return (withVersion ? versioned : unversioned).computeIfAbsent(action, unseen -> {
            EntityChange last = change();
            EntityChange all =
                    new EntityChange(last.entityId(), action, withVersion ? last.version() : OptionalLong.empty());
            return Rendered.of(
                    codec.encode(new Invalidate(invalidate.entityCode(), List.of(all), invalidate.timestamp(), true)),
                    cursor);
        });
    }

    private EntityChange change() {
        return invalidate.changes().getFirst();
    }
}
