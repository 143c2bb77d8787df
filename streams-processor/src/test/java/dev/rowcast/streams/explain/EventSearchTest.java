package dev.rowcast.streams.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.EventSearch.Found;
import dev.rowcast.streams.explain.EventSearch.Stretch;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventSearchTest {

    private static final long EPOCH = 0xE0L;

    /// Records that are made when they are read, so that there may be very many.
    private record Made(long end, LongFunction<LogRecord> records) implements LogReader {
        @Override
        public long first(int partition) {
            return 0;
        }

        @Override
        public long firstSince(int partition, long timestampMs) {
            return end;
        }

        @Override
        public LogChunk read(int partition, long from, long until, int mostRecords) {
            List<LogRecord> chunk = new ArrayList<>();
            long next = from;
            for (; next < until && chunk.size() < mostRecords; next++) {
                chunk.add(records.apply(next));
            }
            return new LogChunk(chunk, next);
        }

        @Override
        public void close() {}
    }

    private static LogRecord row(long offset, Operation op, long firstLsn, long commitLsn) {
        return new LogRecord(
                offset,
                0,
                "demo",
                new Incoming.ChangeRecord(
                        new Change(
                                EPOCH,
                                "app",
                                0L,
                                null,
                                new RowChange(
                                        "public.notes",
                                        op,
                                        "1",
                                        null,
                                        Map.of(),
                                        List.of(),
                                        firstLsn,
                                        new Transaction(1L, firstLsn, commitLsn, 0L, 0, true))),
                        new byte[0]));
    }

    private static Optional<Found> find(EventSearch search, long firstLsn, long end) {
        return search.find(
                EventId.parse(new Epoch(EPOCH).eventId(firstLsn, 0)), Optional.empty(), Map.of(0, new Stretch(0, end)));
    }

    @Test
    @DisplayName("of ten million records a few thousand are read")
    void halvingFindsAnOldEvent() {
        EventSearch search = new EventSearch(
                new Made(10_000_000, offset -> row(offset, Operation.UPDATE, 10 * offset, 10 * offset + 5)),
                () -> false);

        assertThat(find(search, 12_345_670, 10_000_000).orElseThrow().record().offset())
                .isEqualTo(1_234_567);
        assertThat(search.read()).isLessThan(5_000);
    }

    @Test
    @DisplayName("a long transaction stands where it committed, after others that began later")
    void aLongTransactionIsFoundWhereItCommitted() {
        EventSearch search = new EventSearch(
                new Made(
                        100_000,
                        offset -> row(offset, Operation.UPDATE, offset == 60_000 ? 7 : 10 * offset, 10 * offset + 5)),
                () -> false);

        assertThat(find(search, 7, 100_000).orElseThrow().record().offset()).isEqualTo(60_000);
    }

    @Test
    @DisplayName("rows that a backfill read among the changes lead nobody astray")
    void aBackfillLeadsNobodyAstray() {
        EventSearch search = new EventSearch(
                new Made(
                        100_000,
                        offset -> offset % 3 == 0
                                ? row(offset, Operation.SNAPSHOT, 5, 0)
                                : row(offset, Operation.UPDATE, 10 * offset, 10 * offset + 5)),
                () -> false);

        assertThat(find(search, 777_770, 100_000).orElseThrow().record().offset())
                .isEqualTo(77_777);
    }

    @Test
    void whatIsNotThereEndsAtTheBound() {
        EventSearch search = new EventSearch(
                new Made(10_000_000, offset -> row(offset, Operation.UPDATE, 10 * offset, 10 * offset + 5)),
                () -> false);

        assertThat(find(search, 11, 10_000_000)).isEmpty();
        assertThat(search.isExhausted()).isTrue();
        assertThat(search.read()).isLessThan(EventSearch.MOST_RECORDS + 2_000L);
    }
}
