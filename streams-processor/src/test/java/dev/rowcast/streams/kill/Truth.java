package dev.rowcast.streams.kill;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    /// @param transaction where its transaction begins in the WAL
    /// @param entity its name
    /// @param before the channel in which it was
    /// @param after the channel in which it is
    record Row(long offset, long transaction, String entity, Optional<String> before, Optional<String> after) {

        /// What it means to who listens to this; empty when nothing.
        Optional<String> meaningFor(String target) {
            boolean was = before.isPresent() && (target.equals(entity) || before.equals(Optional.of(target)));
            boolean is = after.isPresent() && (target.equals(entity) || after.equals(Optional.of(target)));
            if (was && is) {
                return Optional.of("UPDATE");
            }
            if (was) {
                return Optional.of("DELETE");
            }
            return is ? Optional.of("CREATE") : Optional.empty();
        }
    }

    /// Whose membership of what began and ended, in turn.
    private record Member(String tenant, String channel, String user) {}

    private final Map<String, List<Row>> byTenant = new HashMap<>();
    private final Map<Member, NavigableMap<Long, Boolean>> memberships = new HashMap<>();
    private final Set<Long> revoking = new HashSet<>();

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
        if (!(change.getBody() instanceof RowChange row)) {
            return;
        }
        switch (row.getTable()) {
            case History.MEMBERS -> {
                boolean began = row.getOp() == Operation.CREATE;
                Map<String, String> image = Objects.requireNonNull(began ? row.getAfter() : row.getBefore());
                String user = Objects.requireNonNull(image.get("user_id")).replace("\"", "");
                memberships
                        .computeIfAbsent(
                                new Member(tenant, "room:" + image.get("room_id"), user), unseen -> new TreeMap<>())
                        .put(offset, began);
                if (!began) {
                    revoking.add(Objects.requireNonNull(row.getTx()).getFirstLsn());
                }
            }
            case "public.sources" -> add(tenant, offset, row, "source", "vault");
            default -> add(tenant, offset, row, "message", "room");
        }
    }

    private void add(String tenant, long offset, RowChange row, String entity, String channel) {
        byTenant.computeIfAbsent(tenant, unseen -> new ArrayList<>())
                .add(new Row(
                        offset,
                        Objects.requireNonNull(row.getTx()).getFirstLsn(),
                        entity + ":" + row.getKey(),
                        channel(channel, row.getBefore()),
                        channel(channel, row.getAfter())));
    }

    private static Optional<String> channel(String type, @Nullable Map<String, String> image) {
        return image == null ? Optional.empty() : Optional.of(type + ":" + image.get(type + "_id"));
    }

    /// Whether the user may have what happens there as of this position.
    boolean admits(String tenant, String channel, String user, long offset) {
        if (!channel.startsWith("room:")) {
            return true;
        }
        Map.Entry<Long, Boolean> latest = memberships
                .getOrDefault(new Member(tenant, channel, user), new TreeMap<>())
                .floorEntry(offset);
        return latest != null && latest.getValue();
    }

    /// Whether it is told in one go. One that takes a membership away is told in two.
    boolean together(long transaction) {
        return !revoking.contains(transaction);
    }

    /// In the order of the log.
    List<Row> of(String tenant) {
        return byTenant.getOrDefault(tenant, List.of());
    }

    int size() {
        return byTenant.values().stream().mapToInt(List::size).sum();
    }
}
