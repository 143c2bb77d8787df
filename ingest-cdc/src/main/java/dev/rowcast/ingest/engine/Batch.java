package dev.rowcast.ingest.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What one Kafka transaction will hold. For one thread.
final class Batch {

    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private int rows;
    private boolean heartbeat;
    private boolean progressed;

    void add(ProducerRecord<byte[], byte[]> record) {
        records.add(record);
    }

    /// Rows of one transaction that came from the log.
    ///
    /// @param xid as the log names it, with 32 bits
    /// @param commitUs when it committed, by the database's clock
    record Arrival(long xid, int rows, long commitUs) {}

    void rows(Arrival arrival) {
        rows += arrival.rows();
        arrivals.add(arrival);
    }

    void snapshotRow() {
        rows++;
        progressed = true;
    }

    void heartbeat() {
        heartbeat = true;
    }

    /// There is something to remember, even if there is nothing to publish.
    void progressed() {
        progressed = true;
    }

    boolean hasProgressed() {
        return progressed;
    }

    boolean hasHeartbeat() {
        return heartbeat;
    }

    int rows() {
        return rows;
    }

    /// The transactions whose rows are in it.
    Set<Long> xids() {
        return arrivals.stream().map(Arrival::xid).collect(Collectors.toSet());
    }

    List<Arrival> arrivals() {
        return arrivals;
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }
}
