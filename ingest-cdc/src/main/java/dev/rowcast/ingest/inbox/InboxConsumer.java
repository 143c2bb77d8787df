package dev.rowcast.ingest.inbox;

import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.inbox.InboxPosition;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The inbox as one reader of all its partitions sees it. For one thread.
final class InboxConsumer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InboxConsumer.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /// Takes a record that was ordered already.
    interface Again {
        void read(ConsumerRecord<byte[], byte[]> record) throws InterruptedException;
    }

    /// @param count of partitions
    InboxConsumer(KafkaSettings kafka, int count) {
        this.partitions = IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(Topics.INBOX.name(), number))
                .toList();
        Map<String, Object> reading = kafka.reader();
        reading.put(ConsumerConfig.GROUP_ID_CONFIG, Inbox.GROUP);
        // Brokers that make topics for whoever asks would make it with other partitions.
        reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        reading.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1024 * 1024);
        reading.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 * 1024);
        this.consumer = new KafkaConsumer<>(reading);
        consumer.assign(partitions);
    }

    /// Where to go on, by what Kafka keeps for us.
    ///
    /// @param source ours
    InboxStart start(String topicId, String source) {
        Map<TopicPartition, OffsetAndMetadata> stored = new HashMap<>(consumer.committed(new HashSet<>(partitions)));
        stored.values().removeIf(position -> position == null);
        Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        stored.values().stream()
                .flatMap(position -> InboxPosition.of(position).source().stream())
                .filter(reader -> !reader.equals(source))
                .findFirst()
                .ifPresent(reader -> LOG.atWarn()
                        .addKeyValue("source", source)
                        .addKeyValue("before", reader)
                        .log("Inbox taken over from another source"));
        partitions.stream()
                .filter(partition -> !stored.containsKey(partition))
                .filter(partition -> !Objects.equals(ends.get(partition), oldest.get(partition)))
                .forEach(partition -> LOG.atWarn()
                        .addKeyValue("source", source)
                        .addKeyValue("partition", partition.partition())
                        .addKeyValue("offset", oldest.get(partition))
                        .log("Inbox has no position and begins with its oldest event"));
        return InboxStart.of(topicId, stored, oldest, ends);
    }

    /// Reads again what was ordered last, as far as [SeenEvents] remembers; stands at the start then.
    ///
    /// @throws CancellationException when it was stopped meanwhile
    void readAgain(InboxStart start, Again again, CountDownLatch stopped) throws InterruptedException {
        Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
        partitions.forEach(partition -> consumer.seek(
                partition,
                Math.max(oldest.getOrDefault(partition, 0L), startOf(start, partition) - SeenEvents.WINDOW)));
        while (!pauseThoseAtTheirStart(start)) {
            if (stopped.getCount() == 0) {
                throw new CancellationException();
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < start.offsets().getOrDefault(record.partition(), 0L)) {
                    again.read(record);
                }
            }
        }
        consumer.resume(partitions);
        partitions.forEach(partition -> consumer.seek(partition, startOf(start, partition)));
    }

    /// @return whether all are
    private boolean pauseThoseAtTheirStart(InboxStart start) {
        List<TopicPartition> there = partitions.stream()
                .filter(partition -> consumer.position(partition) >= startOf(start, partition))
                .toList();
        consumer.pause(there);
        return there.size() == partitions.size();
    }

    private static long startOf(InboxStart start, TopicPartition partition) {
        return start.offsets().getOrDefault(partition.partition(), 0L);
    }

    /// What came since, waiting for it for 100 ms at most.
    ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(POLL);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
