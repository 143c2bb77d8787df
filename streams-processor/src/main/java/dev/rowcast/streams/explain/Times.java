package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// When changes of one partition committed, as far as the log still has them; each is read once.
final class Times {

    /// As many are looked up at most.
    private static final int MOST = 64;

    private final LogReader reader;
    private final int partition;
    private final Map<Long, Optional<Instant>> found = new HashMap<>();

    Times(LogReader reader, int partition) {
        this.reader = reader;
        this.partition = partition;
    }

    Optional<Instant> at(long offset) {
        if (found.size() == MOST && !found.containsKey(offset)) {
            return Optional.empty();
        }
        return found.computeIfAbsent(offset, this::read);
    }

    private Optional<Instant> read(long offset) {
        if (offset < reader.first(partition)) {
            return Optional.empty();
        }
        return reader.read(partition, offset, offset + 1, 1).records().stream()
                .findFirst()
                .map(Times::of);
    }

    /// When it committed; when it was written where nothing says that.
    static Instant of(LogRecord record) {
        return switch (record.value()) {
            case Incoming.ChangeRecord(Change change, byte[] bytes) ->
                switch (change.getBody()) {
                    case RowChange row -> ofMicros(row.getTx().getCommitUs());
                    case PublishedEvent event -> ofMicros(event.getPublishedUs());
                    default -> Instant.ofEpochMilli(record.timestampMs());
                };
            case Incoming.CommandRecord command -> Instant.ofEpochMilli(record.timestampMs());
            case Incoming.Unreadable unreadable -> Instant.ofEpochMilli(record.timestampMs());
        };
    }

    static Instant ofMicros(long us) {
        return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
    }
}
