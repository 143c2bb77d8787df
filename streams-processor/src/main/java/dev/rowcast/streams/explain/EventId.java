package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.AskException.Code;
import dev.rowcast.streams.log.LogRecord;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What names an event.
sealed interface EventId {

    Pattern ROW = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})(?:-([0-9]{1,9}))?");
    int LONGEST = 256;

    /// As it was written.
    String text();

    /// Whether the record is the event.
    boolean names(LogRecord record);

    /// A row's change: the epoch, the first LSN of its transaction, and its place in that.
    ///
    /// @param index empty for the first change of the transaction that is found
    record Row(String text, long epoch, long firstLsn, Optional<Integer> index) implements EventId {
        @Override
        public boolean names(LogRecord record) {
            return of(record)
                    .filter(id -> index.isPresent() ? id.equals(text) : id.startsWith(text + "-"))
                    .isPresent();
        }
    }

    /// One that an application published, by the id that it gave it.
    record Published(String text) implements EventId {
        @Override
        public boolean names(LogRecord record) {
            return of(record).filter(text::equals).isPresent();
        }
    }

    /// @throws AskException when it is none
    static EventId parse(String text) {
        Matcher row = ROW.matcher(text);
        if (row.matches()) {
            return new Row(
                    text,
                    Long.parseUnsignedLong(row.group(1), 16),
                    Long.parseUnsignedLong(row.group(2), 16),
                    Optional.ofNullable(row.group(3)).map(Integer::valueOf));
        }
        if (text.isBlank() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new AskException(
                    Code.INVALID_EVENT_ID,
                    "an event's id is <epoch>-<first LSN>-<index> (16 hex digits, 16 hex digits, a number), as in the"
                            + " header ce_id; a transaction's is the same without the index, as in tx of a message");
        }
        return new Published(text);
    }

    /// The id of the event that a record is; empty for what is none.
    static Optional<String> of(LogRecord record) {
        return switch (record.value()) {
            case Incoming.ChangeRecord(Change change, byte[] bytes) ->
                switch (change.getBody()) {
                    case RowChange row ->
                        Optional.of(new Epoch(change.getEpoch())
                                .eventId(row.getTx().getFirstLsn(), row.getTx().getIndex()));
                    case PublishedEvent event -> Optional.of(event.getId());
                    default -> Optional.empty();
                };
            case Incoming.CommandRecord command -> Optional.empty();
            case Incoming.Unreadable unreadable -> Optional.ofNullable(record.eventId());
        };
    }
}
