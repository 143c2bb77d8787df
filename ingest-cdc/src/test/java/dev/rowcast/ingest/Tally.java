package dev.rowcast.ingest;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Counts the committed changes of a source whose keys are 1, 2, 3 … without keeping them, and remembers what was
/// wrong with them.
final class Tally implements AutoCloseable {

    private static final int MOST_FAULTS = 20;

    private final String source;
    private final KafkaConsumer<String, Change> consumer;
    private final BitSet keys = new BitSet();
    private final Map<Integer, Transaction> latest = new HashMap<>();
    private final Set<Long> xids = new HashSet<>();
    private final Set<String> faults = new HashSet<>();
    private long parted;
    private long last;

    /// Begins with what is written from now on.
    Tally(EmbeddedParts parts, String source) {
        this.source = source;
        this.consumer = ChangesReader.consumer(parts);
        Set<TopicPartition> partitions = consumer.assignment();
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /// Reads until so many keys were seen.
    ///
    /// @param alive what must hold all the while, or it fails
    void until(int count, Duration patience, java.util.function.BooleanSupplier alive) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (keys.cardinality() < count) {
            if (System.nanoTime() > deadline || !alive.getAsBoolean()) {
                throw new AssertionError(
                        "%d of %d rows; alive: %s".formatted(keys.cardinality(), count, alive.getAsBoolean()));
            }
            poll();
        }
    }

    private void poll() {
        for (ConsumerRecord<String, Change> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.value().getSource().equals(source) && record.value().getBody() instanceof RowChange row) {
                see(record.partition(), row);
            }
        }
    }

    private void see(int partition, RowChange row) {
        int key = Integer.parseInt(row.getKey());
        if (keys.get(key)) {
            fault("twice: " + key);
        }
        keys.set(key);
        Transaction place = row.getTx();
        xids.add(place.getXid());
        Transaction before = latest.put(partition, place);
        if (before != null && before.getXid() == place.getXid() && before.getIndex() >= place.getIndex()) {
            fault("index %d of key %d comes after %d".formatted(place.getIndex(), key, before.getIndex()));
        }
        if (before != null && (before.getXid() == place.getXid()) == before.getLast()) {
            fault("what stands before key %d says last=%s".formatted(key, before.getLast()));
        }
        if (place.getLast() && place.getCommitLsn() == 0) {
            fault("the last change of a partition, key %d, does not know its commit".formatted(key));
        }
        parted += place.getCommitLsn() == 0 ? 1 : 0;
        last += place.getLast() ? 1 : 0;
    }

    private void fault(String text) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(text);
        }
    }

    /// What was wrong: keys that came twice, places out of order, marks that do not fit.
    Set<String> faults() {
        return faults;
    }

    int keys() {
        return keys.cardinality();
    }

    int transactions() {
        return xids.size();
    }

    /// Changes that left before their commit was known.
    long parted() {
        return parted;
    }

    /// Changes that were the last one of their transaction in their partition.
    long last() {
        return last;
    }

    int partitions() {
        return latest.size();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
