package dev.rowcast.bench.fanout;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Stands in for the topology, with as little work as there can be: everybody may have every channel, nothing is
/// remembered, and what is published is written as a ready delivery. One gateway only.
final class DeliveriesFeed implements Feed {

    private static final int PARTITIONS = Topics.CHANGES.partitions();
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long PROGRESS_NS = Duration.ofSeconds(1).toNanos();
    private static final Epoch EPOCH = new Epoch(7);

    /// The gateway.
    private record Node(String name, int home) {}

    private final CursorCodec cursors;
    private final KafkaProducer<String, Delivery> producer;
    private final KafkaConsumer<String, GatewayCommand> consumer;
    private final Numbers numbers = new Numbers();
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    private final long[] last = new long[PARTITIONS];
    private final Thread thread;
    private @Nullable Node node;
    private volatile boolean closed;

    DeliveriesFeed(Broker broker, String cursorSecret) {
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(broker.registry()));
        this.cursors = new CursorCodec(cursorSecret);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.kafka(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        1 << 18),
                new StringSerializer(),
                serdes.value(Topics.DELIVERIES).serializer());
        this.consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.kafka()),
                serdes.key(Topics.COMMANDS).deserializer(),
                serdes.value(Topics.COMMANDS).deserializer());
        List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topics.COMMANDS.name(), partition))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        this.thread = Thread.ofPlatform().daemon().name("bench-feed").start(this::run);
    }

    private void run() {
        try (consumer) {
            long progressAt = System.nanoTime();
            while (!closed) {
                for (ConsumerRecord<String, GatewayCommand> command : consumer.poll(POLL)) {
                    answer(command.partition(), command.key(), command.value());
                }
                if (System.nanoTime() > progressAt) {
                    progressAt = System.nanoTime() + PROGRESS_NS;
                    progress();
                }
            }
        } catch (RuntimeException e) {
            failed.set(e);
        }
    }

    private synchronized void answer(int partition, String tenant, GatewayCommand command) {
        switch (command.getBody()) {
            case Attach attach -> {
                Node asking = new Node(command.getNode(), command.getHome());
                boolean known = asking.equals(node);
                node = asking;
                send(null, partition, new Attached(known));
            }
            case Subscribe subscribe ->
                send(
                        tenant,
                        partition,
                        new Subscribed(
                                subscribe.getRequest(), cursor(tenant, partition), subscribe.getTargets(), List.of()));
            case Detach detach -> {
                if (node != null && node.name().equals(command.getNode())) {
                    node = null;
                }
            }
            default -> {} // who leaves a channel costs nothing here
        }
    }

    private synchronized void progress() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            send(null, partition, new Progress(Math.max(1, last[partition]), nowUs()));
        }
    }

    @Override
    public synchronized void publish(String tenant, int channel, long dueUs, int bytes) {
        int partition = Partitions.of(tenant, PARTITIONS);
        long offset = ++last[partition];
        String json = Content.json(channel, numbers.take(tenant, channel), dueUs, bytes);
        long now = nowUs();
        Frame frame = new Frame(
                List.of(Feed.name(channel)), List.of(), null, List.of(), offset, offset, offset, now, now, json, null);
        send(tenant, partition, new Frames(null, cursor(tenant, partition), List.of(frame)));
    }

    @Override
    public long next(String tenant, int channel) {
        return numbers.next(tenant, channel);
    }

    private String cursor(String tenant, int partition) {
        return cursors.encode(new TenantId(tenant), Cursor.at(EPOCH, partition, last[partition]));
    }

    private void send(@Nullable String tenant, int partition, Object body) {
        Exception earlier = failed.get();
        if (earlier != null) {
            throw new IllegalStateException("cannot write to " + Topics.DELIVERIES.name(), earlier);
        }
        Node to = node;
        if (to == null) {
            return;
        }
        Delivery delivery = new Delivery(to.name(), tenant, EPOCH.value(), partition, last[partition], nowUs(), body);
        // The callback sees what the future would say.
        Future<?> unused = producer.send(
                new ProducerRecord<>(Topics.DELIVERIES.name(), to.home(), to.name(), delivery), (written, failure) -> {
                    if (failure != null) {
                        failed.set(failure);
                    }
                });
    }

    private static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        producer.close(Duration.ofSeconds(1));
    }
}
