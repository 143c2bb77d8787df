package dev.rowcast.streams.render;

import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.JsonFragment;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ProtocolLimits;
import dev.rowcast.schemas.protocol.RowImage;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Change.EventType;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.route.Routed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Renders a change for those to whom it means a certain action. A row is told with the values that this audience may
/// see: one that it leaves carries no new values, one that it enters no old ones.
public final class Renderer {

    /// A message longer than this would not pass Kafka beside others: a row is then told by its key alone, and
    /// an event is refused.
    public static final int MAX_MESSAGE_BYTES = 256 << 10;

    private static final ProtocolCodec CODEC = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    private Renderer() {}

    /// @throws IllegalArgumentException when the change holds what the protocol cannot say, or an event is too long
    public static Texts render(long epoch, Routed.Told told, Action action) {
        return switch (told) {
            case Routed.Row row -> row(epoch, row, action);
            case Routed.Moved moved -> moved(epoch, moved, action);
            case Routed.Event event -> event(epoch, event);
        };
    }

    /// What stands for all that happened to a row in a longer time, this change being the last: its key alone, of no
    /// transaction. Events are told as they are, as each says something of its own.
    ///
    /// @param action what all of it together means
    /// @throws IllegalArgumentException when the change holds what the protocol cannot say, or an event is too long
    public static String coalesced(long epoch, Routed.Told told, Action action) {
        return switch (told) {
            case Routed.Row row ->
                coalesced(row.rule(), row.change().getKey(), action, OptionalLong.of(row.lsn()), row.happenedUs());
            case Routed.Moved moved ->
                coalesced(moved.rule(), moved.key(), action, OptionalLong.empty(), moved.happenedUs());
            case Routed.Event event -> event(epoch, event).keys();
        };
    }

    private static String coalesced(TableRule rule, String key, Action action, OptionalLong version, long happenedUs) {
        return CODEC.encode(Envelope.of(new ServerMessage.Invalidate(
                rule.entity().orElseThrow(),
                List.of(new ServerMessage.Invalidate.EntityChange(key, action, version)),
                instant(happenedUs),
                true)));
    }

    private static Texts event(long epoch, Routed.Event event) {
        String text = encode(event.content(), epoch, event.transaction());
        if (!fits(text)) {
            throw new IllegalArgumentException("event %s makes a message of more than %d bytes"
                    .formatted(event.content().event(), MAX_MESSAGE_BYTES));
        }
        return new Texts(text, Optional.empty());
    }

    /// Its row did not change, so nothing has its values: whoever may see it now fetches it. Nor has it a version that
    /// would say what is newer: that of the parent's change may be above that of a change of the child that commits
    /// later, and below that of one that committed before.
    private static Texts moved(long epoch, Routed.Moved moved, Action action) {
        ServerMessage keys = keys(moved.rule(), moved.key(), action, OptionalLong.empty(), instant(moved.happenedUs()));
        return new Texts(encode(keys, epoch, moved.transaction()), Optional.empty());
    }

    private static Texts row(long epoch, Routed.Row row, Action action) {
        TableRule rule = row.rule();
        RowChange change = row.change();
        String code = rule.entity().orElseThrow();
        Instant committed = instant(row.happenedUs());
        Optional<Transaction> tx = row.transaction();
        ServerMessage keys = keys(rule, change.getKey(), action, OptionalLong.of(change.getLsn()), committed);
        if (rule.deliver().isEmpty()) {
            return new Texts(encode(keys, epoch, tx), Optional.empty());
        }
        ServerMessage rows = new ServerMessage.Change(
                change.getTable(),
                eventType(action),
                code,
                Optional.of(change.getKey()),
                change.getLsn(),
                new Lsn(change.getLsn()).toString(),
                action == Action.DELETE ? Optional.empty() : image(rule, change.getAfter()),
                action == Action.CREATE ? Optional.empty() : image(rule, change.getBefore()),
                action == Action.DELETE ? List.of() : unchanged(rule, change),
                committed);
        return new Texts(
                encode(keys, epoch, tx), Optional.of(encode(rows, epoch, tx)).filter(Renderer::fits));
    }

    private static ServerMessage keys(
            TableRule rule, String key, Action action, OptionalLong version, Instant committed) {
        return new ServerMessage.Invalidate(
                rule.entity().orElseThrow(),
                List.of(new ServerMessage.Invalidate.EntityChange(key, action, version)),
                committed);
    }

    private static Instant instant(long us) {
        return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
    }

    private static String encode(ServerMessage message, long epoch, Optional<Transaction> tx) {
        return CODEC.encode(new Envelope(message, Optional.empty(), id(epoch, tx), xid(tx), Optional.empty()));
    }

    private static boolean fits(String text) {
        // A char is three bytes at most.
        return text.length() <= MAX_MESSAGE_BYTES / 3 || Utils.utf8Length(text) <= MAX_MESSAGE_BYTES;
    }

    /// The transaction's identity: where it began, in this incarnation of the log. An event's id begins with it.
    private static Optional<String> id(long epoch, Optional<Transaction> tx) {
        return tx.map(each -> new Epoch(epoch).transactionId(each.getFirstLsn()));
    }

    /// Of a row that was read and not written there is none.
    private static OptionalLong xid(Optional<Transaction> tx) {
        return tx.stream()
                .mapToLong(Transaction::getXid)
                .filter(number -> number != 0)
                .findAny();
    }

    private static EventType eventType(Action action) {
        return switch (action) {
            case CREATE -> EventType.INSERT;
            case UPDATE -> EventType.UPDATE;
            case DELETE -> EventType.DELETE;
        };
    }

    private static Optional<RowImage> image(TableRule rule, @Nullable Map<String, String> row) {
        if (row == null) {
            return Optional.empty();
        }
        SequencedMap<String, JsonFragment> columns = new LinkedHashMap<>();
        for (String column : rule.deliver()) {
            String json = row.get(column);
            if (json != null) {
                columns.put(column, JsonFragment.trusted(json));
            }
        }
        return Optional.of(new RowImage(columns));
    }

    private static List<String> unchanged(TableRule rule, RowChange change) {
        return change.getUnchanged().isEmpty()
                ? List.of()
                : rule.deliver().stream()
                        .filter(change.getUnchanged()::contains)
                        .toList();
    }
}
