package dev.rowcast.standalone.fleet;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.topic.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes changes as ingest does, and remembers them: every row is new and has a number of its own, so who gets which
/// numbers says everything.
final class Truth implements AutoCloseable {

    /// One change, at its place in the tenant's log.
    record Written(long number, String channel) {}

    private static final long EPOCH = 1;

    private final KafkaProducer<String, Change> producer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<Written>> log = new HashMap<>();
    private final Map<Long, Long> offsets = new ConcurrentHashMap<>();
    private long numbers;

    Truth(World world) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        world.kafka(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true),
                new StringSerializer(),
                world.serdes().value(Topics.CHANGES).serializer());
    }

    /// One transaction.
    ///
    /// @param rows as many
    /// @param room of each row
    /// @return the numbers of its rows
    List<Long> write(String tenant, int rows, IntFunction<String> room) {
        lock.lock();
        try {
            long first = numbers + 1;
            long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            List<Long> written = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                long number = ++numbers;
                String id = room.apply(i);
                Transaction tx = new Transaction(first & 0xffffffffL, first, first + rows, now, i, i == rows - 1);
                Map<String, String> row = Map.of(
                        "id",
                        Long.toString(number),
                        "room_id",
                        '"' + id + '"',
                        "text",
                        "\"note %d\"".formatted(number));
                RowChange change = new RowChange(
                        "public.notes", Operation.CREATE, Long.toString(number), null, row, List.of(), number, tx);
                log.computeIfAbsent(tenant, unseen -> new ArrayList<>()).add(new Written(number, "room:" + id));
                written.add(number);
                send(
                        new ProducerRecord<>(
                                Topics.CHANGES.name(), tenant, new Change(EPOCH, "fleet", now, null, change)),
                        number);
            }
            return written;
        } finally {
            lock.unlock();
        }
    }

    /// As ingest does every second: the log moves though nothing changes.
    void watermark() {
        lock.lock();
        try {
            long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
                Change change = new Change(EPOCH, "fleet", now, null, new Watermark(numbers + 1, now, null));
                send(new ProducerRecord<>(Topics.CHANGES.name(), partition, "", change), 0);
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(ProducerRecord<String, Change> record, long number) {
        Future<?> unused = producer.send(record, (where, failure) -> {
            if (failure == null && number > 0) {
                offsets.put(number, where.offset());
            }
        });
    }

    /// Everything written in these channels of the tenant, in order.
    List<Long> in(String tenant, Set<String> channels) {
        lock.lock();
        try {
            return log.getOrDefault(tenant, List.of()).stream()
                    .filter(each -> channels.contains(each.channel()))
                    .map(Written::number)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// Where in the tenant's partition it is; known once the broker has it.
    long offset(long number) {
        Long offset = offsets.get(number);
        if (offset == null) {
            throw new IllegalStateException("the broker has not confirmed " + number);
        }
        return offset;
    }

    /// Waits until the broker has everything.
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
