package dev.rowcast.bench;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads the deliveries beside the gateway, for the hop times that they carry.
final class DeliveryTap implements AutoCloseable {

    /// When a change committed, was captured and was matched, in microseconds since 1970.
    record Times(long commitUs, long capturedUs, long matchedUs) {}

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, Delivery> consumer;
    private final Thread thread;
    private volatile boolean ended;

    DeliveryTap(String kafka, String registry, BiConsumer<String, Times> seen) {
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(registry));
        this.consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                serdes.key(Topics.DELIVERIES).deserializer(),
                serdes.value(Topics.DELIVERIES).deserializer());
        List<TopicPartition> partitions = IntStream.range(0, Topics.DELIVERIES.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.DELIVERIES.name(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        this.thread = Thread.ofPlatform().name("bench-tap").start(() -> readAll(seen));
    }

    private void readAll(BiConsumer<String, Times> seen) {
        while (!ended) {
            for (ConsumerRecord<String, Delivery> record : consumer.poll(POLL)) {
                if (record.value().getBody() instanceof Frames frames) {
                    for (Frame frame : frames.getFrames()) {
                        Times times = new Times(
                                frame.getCommitUs(),
                                frame.getCapturedUs(),
                                record.value().getMatchedUs());
                        Writers.titleIn(frame.getRows() == null ? "" : frame.getRows())
                                .ifPresent(title -> seen.accept(title, times));
                    }
                }
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
