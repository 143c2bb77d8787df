package dev.rowcast.streams.app;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.explain.DeliveryTrail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// Reads the topic by a consumer without a group: a minute of it from the change on, within bounds.
record KafkaDeliveryTrail(String bootstrapServers, TopicSerdes serdes) implements DeliveryTrail {

    /// What is told live has the time of its change; this is for replays and for clocks.
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /// Less than the topic's retention.
    private static final Duration SURELY_KEPT = Duration.ofMinutes(50);

    private static final Duration SLACK = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
    private static final int MOST_RECORDS = 50_000;
    private static final int MOST_FOUND = 100;

    @Override
    public Looked look(int partition, long epoch, long offset, long sinceMs) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return new Reading(consumer, partition, epoch, offset, sinceMs).read();
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "rowcast-streams-processor-trail",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false);
    }

    private final class Reading {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Deserializer<Delivery> deserializer =
                serdes.value(Topics.DELIVERIES).deserializer();
        private final int partition;
        private final long epoch;
        private final long offset;
        private final long sinceMs;
        private final List<Sighting> found = new ArrayList<>();
        private long records;
        private long untilMs;

        Reading(KafkaConsumer<byte[], byte[]> consumer, int partition, long epoch, long offset, long sinceMs) {
            this.consumer = consumer;
            this.partition = partition;
            this.epoch = epoch;
            this.offset = offset;
            this.sinceMs = sinceMs;
            this.untilMs = sinceMs;
        }

        Looked read() {
            List<TopicPartition> all = IntStream.range(0, Topics.DELIVERIES.partitions())
                    .mapToObj(home -> new TopicPartition(Topics.DELIVERIES.name(), home))
                    .toList();
            Map<TopicPartition, Long> first = consumer.beginningOffsets(all, LONGEST_SILENCE);
            Map<TopicPartition, Long> end = consumer.endOffsets(all, LONGEST_SILENCE);
            Map<TopicPartition, Long> times = new HashMap<>();
            all.forEach(home -> times.put(home, sinceMs - SLACK.toMillis()));
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times, LONGEST_SILENCE);
            boolean isThere = true;
            Set<TopicPartition> left = new HashSet<>();
            for (TopicPartition home : all) {
                OffsetAndTimestamp start = starts.get(home);
                long begin = Objects.requireNonNull(first.get(home));
                // What is there before it shows that nothing after it was trimmed.
                isThere &= begin == 0
                        || (start == null ? begin < Objects.requireNonNull(end.get(home)) : start.offset() > begin)
                        || System.currentTimeMillis() - sinceMs < SURELY_KEPT.toMillis();
                if (start != null && start.offset() < Objects.requireNonNull(end.get(home))) {
                    left.add(home);
                }
            }
            consumer.assign(left);
            left.forEach(home ->
                    consumer.seek(home, Objects.requireNonNull(starts.get(home)).offset()));
            boolean whole = follow(left, end);
            return new Looked(records, untilMs, isThere && whole, found);
        }

        /// @return whether it came to the end of each partition, or of the minute
        private boolean follow(Set<TopicPartition> left, Map<TopicPartition, Long> end) {
            long deadline = System.nanoTime() + LONGEST.toNanos();
            while (!left.isEmpty()) {
                if (records >= MOST_RECORDS || System.nanoTime() > deadline) {
                    return false;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    TopicPartition home = new TopicPartition(record.topic(), record.partition());
                    if (record.timestamp() > sinceMs + WINDOW.toMillis()) {
                        done(left, home);
                    } else if (left.contains(home)) {
                        records++;
                        untilMs = Math.max(untilMs, record.timestamp());
                        look(record);
                    }
                }
                for (TopicPartition home : List.copyOf(left)) {
                    if (consumer.position(home, LONGEST_SILENCE) >= Objects.requireNonNull(end.get(home))) {
                        done(left, home);
                    }
                }
            }
            return true;
        }

        private void done(Set<TopicPartition> left, TopicPartition home) {
            if (left.remove(home)) {
                consumer.pause(List.of(home));
            }
        }

        private void look(ConsumerRecord<byte[], byte[]> record) {
            Delivery delivery;
            try {
                delivery = deserializer.deserialize(record.topic(), record.value());
            } catch (SerializationException e) {
                return; // it says nothing to anybody
            }
            if (delivery.getEpoch() != epoch
                    || delivery.getPartition() != partition
                    || !(delivery.getBody() instanceof Frames frames)) {
                return;
            }
            for (Frame frame : frames.getFrames()) {
                if (frame.getOffset() == offset && found.size() < MOST_FOUND) {
                    found.add(sighting(record, delivery, frames, frame));
                }
            }
        }

        private static Sighting sighting(
                ConsumerRecord<byte[], byte[]> record, Delivery delivery, Frames frames, Frame frame) {
            List<String> targets = Stream.of(
                            frame.getChannels().stream(),
                            frame.getFiltered().stream().map(target -> target.getName() + " filtered"),
                            frame.getPrincipals().isEmpty()
                                    ? Stream.<String>empty()
                                    : Stream.ofNullable(frame.getEntity()))
                    .flatMap(each -> each)
                    .distinct()
                    .toList();
            return new Sighting(
                    delivery.getNode(),
                    record.partition(),
                    record.offset(),
                    frames.getRequest() != null,
                    targets,
                    frame.getPrincipals().stream()
                            .map(principal -> principal.getKind().name().toLowerCase(java.util.Locale.ROOT) + ":"
                                    + principal.getId())
                            .toList(),
                    delivery.getMatchedUs());
        }
    }
}
