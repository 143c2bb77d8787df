package dev.rowcast.streams.kill;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// What is in the log, and by the simplest reading of it what each listener must have been told.
final class Truth {

    /// One row's change.
    ///
    /// @param before the vault in which it was
    /// @param after the vault in which it is
    record Row(long offset, String id, Optional<String> before, Optional<String> after) {

        /// What it means to who listens to this; empty when nothing.
        Optional<String> meaningFor(String target) {
            boolean entity = target.equals("source:" + id);
            boolean was = before.filter(vault -> entity || target.equals("vault:" + vault))
                    .isPresent();
            boolean is = after.filter(vault -> entity || target.equals("vault:" + vault))
                    .isPresent();
            if (was && is) {
                return Optional.of("UPDATE");
            }
            if (was) {
                return Optional.of("DELETE");
            }
            return is ? Optional.of("CREATE") : Optional.empty();
        }
    }

    private final Map<String, List<Row>> byTenant = new HashMap<>();

    private Truth() {}

    /// Reads the whole log as somebody who sees what is committed.
    static Truth read(String kafka, Deserializer<Change> changes) {
        Truth truth = new Truth();
        List<TopicPartition> all = IntStream.range(0, Topics.CHANGES.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.CHANGES.name(), partition))
                .toList();
        try (KafkaConsumer<String, Change> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
                new StringDeserializer(),
                changes)) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> truth.add(record.key(), record.offset(), record.value()));
            }
        }
        return truth;
    }

    private void add(String tenant, long offset, Change change) {
        if (change.getBody() instanceof RowChange row) {
            byTenant.computeIfAbsent(tenant, unseen -> new ArrayList<>())
                    .add(new Row(offset, row.getKey(), vault(row.getBefore()), vault(row.getAfter())));
        }
    }

    private static Optional<String> vault(@Nullable Map<String, String> image) {
        return image == null ? Optional.empty() : Optional.ofNullable(image.get("vault_id"));
    }

    /// In the order of the log.
    List<Row> of(String tenant) {
        return byTenant.getOrDefault(tenant, List.of());
    }

    int size() {
        return byTenant.values().stream().mapToInt(List::size).sum();
    }
}
