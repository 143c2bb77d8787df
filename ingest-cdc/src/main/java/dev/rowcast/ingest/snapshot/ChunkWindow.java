package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.engine.SideRows;
import dev.rowcast.ingest.engine.TableChunk;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.ingest.route.Unavailable;
import dev.rowcast.ingest.slot.ReaderSnapshot;
import dev.rowcast.schemas.catalog.TableName;
import io.debezium.data.Envelope.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Finds the place of a chunk's rows between those of the log, so that none of them is older than what was sent of
/// its key before, and none newer than what is sent of it right after.
///
/// The window opens between two transactions. When everything before that place is published, readers see it, so a
/// chunk that is read from then on cannot miss it. What the chunk does see ends in the log before the chunk's end:
/// there its rows go out. A transaction that the chunk did not see may come earlier; the rows that it touches go
/// out in front of it, or, if it came before the chunk was there, not at all.
///
/// One thread reads chunks, another brings the log.
final class ChunkWindow implements SideRows {

    private static final int REMEMBERED_ROWS = 100_000;

    /// A row of the log that came while the chunk was being read.
    ///
    /// @param key null for all of the table
    /// @param whole whether it says all that the row is now
    private record Touch(@Nullable Map<String, Object> key, long xid, boolean whole) {}

    private volatile @Nullable TableName table;
    private boolean open;
    private boolean spoiled;
    private long openedAt;
    private long sentAt;
    private long publishedAt;
    private final List<Touch> touches = new ArrayList<>();
    private @Nullable ReaderSnapshot snapshot;
    private long endLsn;
    private final Map<Map<String, Object>, TableChunk.Keyed> rows = new LinkedHashMap<>();

    /// Opens at the next end of a transaction; what was open before is forgotten.
    ///
    /// @param next the table that is read next
    synchronized void open(TableName next) {
        close();
        table = next;
    }

    /// From now on the log goes on without it.
    synchronized void close() {
        table = null;
        open = false;
        forget();
    }

    /// Returns when a chunk can be read.
    synchronized void awaitOpen() throws InterruptedException {
        while (!open || publishedAt < openedAt) {
            wait();
        }
    }

    /// Lets a chunk wait for its place.
    ///
    /// @return keys of rows that have to be read once more, because the log changed them meanwhile and does not
    /// repeat all of their values; nothing of them is sent
    /// @throws CrowdedException when more came meanwhile than is remembered; nothing of the chunk is sent
    synchronized List<List<String>> load(TableChunk chunk) throws CrowdedException {
        if (spoiled) {
            throw new CrowdedException();
        }
        ReaderSnapshot seen = ReaderSnapshot.parse(chunk.snapshot());
        chunk.rows().forEach(row -> rows.put(values(row.row()), row));
        Map<Map<String, Object>, List<String>> again = new HashMap<>();
        for (Touch touch : touches) {
            if (!seen.sees(touch.xid())) {
                drop(touch, again);
            }
        }
        touches.clear();
        snapshot = seen;
        endLsn = chunk.endLsn();
        return List.copyOf(again.values());
    }

    private void drop(Touch touch, Map<Map<String, Object>, List<String>> again) {
        if (touch.key() == null) {
            rows.clear();
            again.clear();
            return;
        }
        TableChunk.Keyed stale = rows.remove(touch.key());
        if (stale != null && !touch.whole()) {
            again.put(touch.key(), stale.key());
        } else if (touch.whole()) {
            again.remove(touch.key());
        }
    }

    /// Returns when what was loaded is published. The window is open again then.
    synchronized void awaitPublished() throws InterruptedException {
        while (snapshot != null || publishedAt < sentAt) {
            wait();
        }
    }

    @Override
    public List<Row> before(Row row) {
        return row.table().equals(table) ? touch(row) : List.of();
    }

    private synchronized List<Row> touch(Row row) {
        if (!open || !row.table().equals(table)) {
            return List.of();
        }
        boolean all = row.operation() == Operation.TRUNCATE;
        if (snapshot == null) {
            remember(new Touch(all ? null : values(row), row.xid(), isWhole(row)));
            return List.of();
        }
        if (snapshot.sees(row.xid())) {
            return List.of();
        }
        if (all) {
            return drain();
        }
        TableChunk.Keyed older = rows.remove(values(row));
        return older == null ? List.of() : List.of(older.row());
    }

    private void remember(Touch touch) {
        if (touches.size() == REMEMBERED_ROWS) {
            spoiled = true;
            touches.clear();
        }
        if (!spoiled) {
            touches.add(touch);
        }
    }

    @Override
    public List<Row> after(long commitLsn) {
        return table == null ? List.of() : end(commitLsn);
    }

    private synchronized List<Row> end(long commitLsn) {
        if (table == null || snapshot != null && commitLsn < endLsn) {
            return List.of();
        }
        if (!open) {
            openAt(commitLsn);
            return List.of();
        }
        if (snapshot == null) {
            return List.of();
        }
        List<Row> placed = drain();
        sentAt = commitLsn;
        openAt(commitLsn);
        return placed;
    }

    private void openAt(long commitLsn) {
        forget();
        open = true;
        openedAt = commitLsn;
    }

    private List<Row> drain() {
        List<Row> all = rows.values().stream().map(TableChunk.Keyed::row).toList();
        rows.clear();
        return all;
    }

    private void forget() {
        spoiled = false;
        snapshot = null;
        touches.clear();
        rows.clear();
    }

    @Override
    public synchronized void published(long commitLsn) {
        publishedAt = commitLsn;
        notifyAll();
    }

    /// Large values that did not change are not in the log.
    private static boolean isWhole(Row row) {
        Struct after = row.after();
        return after == null || after.schema().fields().stream().map(after::get).noneMatch(Unavailable::is);
    }

    private static Map<String, Object> values(Row row) {
        Map<String, Object> values = new TreeMap<>();
        Struct key = row.key();
        if (key != null) {
            for (Field field : key.schema().fields()) {
                Object value = key.get(field);
                values.put(field.name(), value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
            }
        }
        return values;
    }
}
