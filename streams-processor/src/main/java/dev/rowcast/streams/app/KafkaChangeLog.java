package dev.rowcast.streams.app;

import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.deadletter.IncomingDeserializer;
import dev.rowcast.streams.deadletter.Patience;
import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// The topic, read by consumers without a group. Each keeps what it fetched, so reading on is cheap.
record KafkaChangeLog(String bootstrapServers, TopicSerdes serdes, Patience patience) implements ChangeLog {

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    @Override
    public LogReader open() {
        return new Reader(new KafkaConsumer<>(
                settings(),
                new StringDeserializer(),
                new IncomingDeserializer<>(
                        serdes.value(Topics.CHANGES).deserializer(), Incoming.ChangeRecord::new, patience)));
    }

    private Map<String, Object> settings() {
        return Map.ofEntries(
                Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, "rowcast-streams-processor-log"),
                Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                // What is gone must be told, not jumped over.
                Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
                Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50),
                Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000),
                Map.entry(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20));
    }

    private static final class Reader implements LogReader {

        private final KafkaConsumer<String, Incoming> consumer;

        Reader(KafkaConsumer<String, Incoming> consumer) {
            this.consumer = consumer;
        }

        @Override
        public long first(int partition) {
            TopicPartition topic = topic(partition);
            return Objects.requireNonNull(
                    consumer.beginningOffsets(List.of(topic), LONGEST_SILENCE).get(topic));
        }

        @Override
        public long firstSince(int partition, long timestampMs) {
            TopicPartition topic = topic(partition);
            OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(topic, timestampMs), LONGEST_SILENCE)
                    .get(topic);
            return found == null ? end(partition) : found.offset();
        }

        @Override
        public long end(int partition) {
            TopicPartition topic = topic(partition);
            return Objects.requireNonNull(
                    consumer.endOffsets(List.of(topic), LONGEST_SILENCE).get(topic));
        }

        @Override
        public LogChunk read(int partition, long from, long until, int mostRecords) {
            TopicPartition topic = topic(partition);
            if (!consumer.assignment().contains(topic)) {
                consumer.assign(List.of(topic));
                consumer.seek(topic, from);
            } else if (consumer.position(topic, LONGEST_SILENCE) != from) {
                consumer.seek(topic, from);
            }
            List<LogRecord> records = new ArrayList<>();
            long next = from;
            long deadline = System.nanoTime() + LONGEST_SILENCE.toNanos();
            while (next < until && records.size() < mostRecords) {
                for (ConsumerRecord<String, Incoming> record : consumer.poll(POLL)) {
                    if (record.offset() < until && records.size() < mostRecords) {
                        records.add(new LogRecord(
                                record.offset(), record.timestamp(), record.key(), record.value(), eventId(record)));
                        next = record.offset() + 1;
                    }
                }
                if (records.size() < mostRecords) {
                    // Beyond records that were taken back, and the marks of transactions.
                    next = Math.max(next, consumer.position(topic, LONGEST_SILENCE));
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("%s from %d to %d: nothing beyond %d within %s"
                            .formatted(topic, from, until, next, LONGEST_SILENCE));
                }
            }
            return new LogChunk(records, Math.min(next, Math.max(until, from)));
        }

        private static @Nullable String eventId(ConsumerRecord<String, Incoming> record) {
            Header header = record.headers().lastHeader("ce_id");
            return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }

        private static TopicPartition topic(int partition) {
            return new TopicPartition(Topics.CHANGES.name(), partition);
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
