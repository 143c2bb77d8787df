package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// The published events that ingest set aside within the time that jobs are known, by the marks of their jobs. Every
/// node reads them from `rowcast.dead-letters` for itself.
///
/// Safe for use by several threads, but for its [Reader].
final class SetAside {

    /// A few hundred bytes each; over it the oldest jobs' are forgotten.
    private static final int MOST_REMEMBERED = 10_000;

    /// Of one job; those beyond are in no answer.
    private static final int MOST_OF_A_JOB = 100;

    static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTERS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(100);

    private final String bootstrapServers;
    private final Clock clock;
    private final Map<String, List<Fault>> byMark = new LinkedHashMap<>();
    private int remembered;

    SetAside(String bootstrapServers, Clock clock) {
        this.bootstrapServers = bootstrapServers;
        this.clock = clock;
    }

    synchronized List<Fault> of(String mark) {
        return List.copyOf(byMark.getOrDefault(mark, List.of()));
    }

    synchronized void take(ConsumerRecord<byte[], byte[]> letter) {
        String mark = mark(letter);
        if (mark.isEmpty()) {
            return;
        }
        List<Fault> faults = byMark.computeIfAbsent(mark, unseen -> new ArrayList<>());
        Fault fault = new Fault(index(letter), text(letter, "rowcast-error"), text(letter, "rowcast-reason"));
        if (faults.size() < MOST_OF_A_JOB && !faults.contains(fault)) {
            faults.add(fault);
            remembered++;
        }
        if (remembered > MOST_REMEMBERED) {
            String oldest = byMark.keySet().iterator().next();
            remembered -= byMark.getOrDefault(oldest, List.of()).size();
            byMark.remove(oldest);
        }
    }

    private static String mark(ConsumerRecord<byte[], byte[]> letter) {
        Header header = letter.headers().lastHeader(Inbox.JOB);
        return header == null || header.value() == null ? "" : HexFormat.of().formatHex(header.value());
    }

    private static int index(ConsumerRecord<byte[], byte[]> letter) {
        try {
            return Integer.parseInt(text(letter, Inbox.INDEX));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /// Begins at the oldest letter that counts. What was read before is taken again, which changes nothing.
    Reader reader() {
        return new Reader();
    }

    /// Reads the letters. For one thread.
    final class Reader implements AutoCloseable {

        private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        CommonClientConfigs.CLIENT_ID_CONFIG,
                        "rowcast-gateway-set-aside",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());

        private Reader() {
            try {
                begin();
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private void begin() {
            consumer.assign(List.of(LETTERS));
            long since = clock.instant().minus(Publishing.KNOWN_FOR).toEpochMilli();
            @Nullable
            OffsetAndTimestamp first =
                    consumer.offsetsForTimes(Map.of(LETTERS, since)).get(LETTERS);
            if (first == null) {
                consumer.seekToEnd(List.of(LETTERS));
            } else {
                consumer.seek(LETTERS, first.offset());
            }
        }

        /// Reads on.
        ///
        /// @param end offset after the last letter that is to be read
        /// @return whether it got there in the time
        boolean readTo(long end, Duration within) {
            long until = System.nanoTime() + within.toNanos();
            while (consumer.position(LETTERS) < end && System.nanoTime() - until < 0) {
                consumer.poll(POLL).forEach(SetAside.this::take);
            }
            return consumer.position(LETTERS) >= end;
        }

        @Override
        public void close() {
            consumer.close(CloseOptions.timeout(POLL));
        }
    }
}
