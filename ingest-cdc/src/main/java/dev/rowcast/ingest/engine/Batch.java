package dev.rowcast.ingest.engine;

import java.util.ArrayList;
import java.util.List;
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
    /// @param commitUs when it committed, by the database's clock
    record Arrival(int rows, long commitUs) {}

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

    List<Arrival> arrivals() {
        return arrivals;
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }
}
