package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.route.RoutedChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// One database transaction while it arrives. It waits for the commit, because only then it is known which
/// change is the last one in each partition. A transaction over the limits leaves in parts; of those, each
/// partition's latest change stays behind, so that the final part always has a last change for every partition
/// that saw any. For one thread.
final class TransactionBuffer {

    /// A change with its place in the transaction.
    record Placed(RoutedChange change, int index) {}

    /// What waits, in order: a raw row or a change.
    private sealed interface Waiting {}

    private record Raw(ProducerRecord<byte[], byte[]> record) implements Waiting {}

    private record Pending(Placed placed) implements Waiting {}

    /// Where the content goes.
    interface Sink {
        void raw(ProducerRecord<byte[], byte[]> record);

        /// @param last whether no later change of the transaction is in this partition
        void change(Placed placed, boolean last);
    }

    private final long publishedRows;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<Integer, Placed> held = new LinkedHashMap<>();
    private long xid;
    private long firstLsn;
    private long commitUs;
    private long rows;
    private int waitingRows;
    private long waitingBytes;
    private int changes;
    private boolean heartbeat;
    private @Nullable Long redisMs;

    /// @param publishedRows how many of its rows left in parts before a restart
    TransactionBuffer(long publishedRows) {
        this.publishedRows = publishedRows;
    }

    /// Counts a captured row; the first one gives the transaction its identity.
    ///
    /// @return false when the row left before a restart: it must be routed all the same, for the places of
    /// those behind it, but not sent again
    boolean beginRow(long xid, long lsn, long commitUs) {
        if (rows == 0) {
            this.xid = xid;
            this.firstLsn = lsn;
            this.commitUs = commitUs;
        }
        return nextRecord();
    }

    /// Counts a record without a place of its own, such as a tombstone.
    boolean nextRecord() {
        rows++;
        boolean fresh = rows > publishedRows;
        waitingRows += fresh ? 1 : 0;
        return fresh;
    }

    void raw(ProducerRecord<byte[], byte[]> record) {
        waiting.add(new Raw(record));
        waitingBytes += RecordEncoder.size(record);
    }

    void change(RoutedChange change, boolean fresh) {
        Placed placed = new Placed(change, changes++);
        if (fresh) {
            waiting.add(new Pending(placed));
        } else {
            held.put(change.partition(), placed);
        }
    }

    void heartbeat(@Nullable Long redisMs) {
        this.heartbeat = true;
        this.redisMs = redisMs;
    }

    /// Lets out all that the limits say must not wait, except each partition's latest change.
    void drainPart(Sink sink) {
        Map<Integer, Placed> latest = latest();
        emit(
                placed -> {
                    if (!isLatest(placed, latest)) {
                        sink.change(placed, false);
                    }
                },
                sink);
        held.clear();
        held.putAll(latest);
    }

    /// Lets out everything that is left.
    void drain(Sink sink) {
        Map<Integer, Placed> latest = latest();
        emit(placed -> sink.change(placed, isLatest(placed, latest)), sink);
        held.clear();
    }

    private void emit(Consumer<Placed> changes, Sink sink) {
        held.values().forEach(changes);
        for (Waiting each : waiting) {
            switch (each) {
                case Raw(ProducerRecord<byte[], byte[]> record) -> sink.raw(record);
                case Pending(Placed placed) -> changes.accept(placed);
            }
        }
        waiting.clear();
        waitingRows = 0;
        waitingBytes = 0;
    }

    private static boolean isLatest(Placed placed, Map<Integer, Placed> latest) {
        Placed last = latest.get(placed.change().partition());
        return last != null && last.index() == placed.index();
    }

    private Map<Integer, Placed> latest() {
        Map<Integer, Placed> latest = new HashMap<>(held);
        for (Waiting each : waiting) {
            if (each instanceof Pending(Placed placed)) {
                latest.put(placed.change().partition(), placed);
            }
        }
        return latest;
    }

    boolean exceeds(CaptureLimits limits) {
        return waitingRows >= limits.transactionRows() || waitingBytes >= limits.transactionBytes();
    }

    boolean isEmpty() {
        return rows == 0;
    }

    long xid() {
        return xid;
    }

    long firstLsn() {
        return firstLsn;
    }

    long commitUs() {
        return commitUs;
    }

    long rows() {
        return rows;
    }

    int waitingRows() {
        return waitingRows;
    }

    boolean hasHeartbeat() {
        return heartbeat;
    }

    @Nullable
    Long redisMs() {
        return redisMs;
    }
}
