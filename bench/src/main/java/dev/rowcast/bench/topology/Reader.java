package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads what the topology delivers, from now on, as gateways do.
final class Reader implements AutoCloseable {

    /// A delivery that was read.
    ///
    /// @param appendedMs when the broker had it, milliseconds since 1970
    /// @param ns when it was here, [System#nanoTime]
    record Arrival(Delivery delivery, long appendedMs, long ns) {}

    /// Told each delivery in the reading thread.
    interface Sink {
        void arrived(Arrival arrival);
    }

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, Delivery> consumer;
    private final Thread thread;
    private volatile boolean ended;

    Reader(Rig rig, Sink sink) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        rig.broker().kafka(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5000),
                rig.serdes().key(Topics.DELIVERIES).deserializer(),
                rig.serdes().value(Topics.DELIVERIES).deserializer());
        List<TopicPartition> homes = IntStream.range(0, Topics.DELIVERIES.partitions())
                .mapToObj(home -> new TopicPartition(Topics.DELIVERIES.name(), home))
                .toList();
        consumer.assign(homes);
        consumer.seekToEnd(homes);
        homes.forEach(consumer::position);
        this.thread = Thread.ofPlatform().daemon().name("bench-reader").start(() -> readAll(sink));
    }

    private void readAll(Sink sink) {
        while (!ended) {
            for (ConsumerRecord<String, Delivery> record : consumer.poll(POLL)) {
                sink.arrived(new Arrival(record.value(), record.timestamp(), System.nanoTime()));
            }
        }
        consumer.close();
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
