package dev.rowcast.bench.capture;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads topics as somebody who sees only what is committed, from their end on, and counts.
final class Arrivals implements AutoCloseable {

    /// Told each record in the reading thread.
    interface Sink {
        /// @param ns when it was there, [System#nanoTime]
        void arrived(ConsumerRecord<byte[], byte[]> entry, long ns);
    }

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AtomicLong count = new AtomicLong();
    private final Thread thread;
    private volatile long lastNs = System.nanoTime();
    private volatile boolean ended;

    Arrivals(String kafka, Collection<String> topics, Sink sink) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        settings.put(ConsumerConfig.CHECK_CRCS_CONFIG, false);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(Arrivals::partition)
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        this.thread = Thread.ofPlatform().daemon().name("bench-arrivals").start(() -> readAll(sink));
    }

    private static TopicPartition partition(PartitionInfo info) {
        return new TopicPartition(info.topic(), info.partition());
    }

    private void readAll(Sink sink) {
        while (!ended) {
            int rows = 0;
            for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                sink.arrived(entry, System.nanoTime());
                rows++;
            }
            if (rows > 0) {
                lastNs = System.nanoTime();
                count.addAndGet(rows);
            }
        }
        consumer.close();
    }

    /// How many records came so far.
    long count() {
        return count.get();
    }

    /// When the latest one came.
    long lastNs() {
        return lastNs;
    }

    /// Waits until so many have come.
    ///
    /// @return whether they came in time
    boolean await(long records, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (count.get() < records) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(1);
        }
        return true;
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
