package dev.rowcast.bench.fanout;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.processor.Guarantee;
import dev.rowcast.bench.processor.Processor;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Writes changes of rows, as ingest does, and a streams processor makes deliveries of them. A message's size
/// is that of the row's one long column; what the protocol has around it comes on top.
final class TopologyFeed implements Feed {

    private static final int ROWS = 500;

    private final Processor processor;
    private final KafkaProducer<String, Change> producer;
    private final Numbers numbers = new Numbers();
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("bench-heartbeat").factory());
    private long lsn;

    private TopologyFeed(Processor processor, KafkaProducer<String, Change> producer) {
        this.processor = processor;
        this.producer = producer;
    }

    /// Returns when the processor is ready.
    static TopologyFeed start(Broker broker, Path folder, String catalog) throws IOException, InterruptedException {
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(broker.registry()));
        serdes.register(Topics.CHANGES);
        Processor processor = Processor.start(broker, folder, Processor.Settings.of(Guarantee.AT_LEAST_ONCE, catalog));
        TopologyFeed feed = new TopologyFeed(
                processor,
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                broker.kafka(),
                                ProducerConfig.LINGER_MS_CONFIG,
                                0),
                        new StringSerializer(),
                        serdes.value(Topics.CHANGES).serializer()));
        // A gateway is ready while the log moves, which ingest sees to.
        Future<?> unused = feed.heartbeat.scheduleAtFixedRate(feed::watermark, 0, 1, TimeUnit.SECONDS);
        return feed;
    }

    private synchronized void watermark() {
        long us = nowUs();
        for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
            send(new ProducerRecord<>(
                    Topics.CHANGES.name(),
                    partition,
                    "",
                    new Change(1L, GatewayStand.SOURCE, us, null, new Watermark(lsn + 1, us, null))));
        }
    }

    @Override
    public synchronized void publish(String tenant, int channel, long dueUs, int bytes) {
        Exception earlier = failed.get();
        if (earlier != null) {
            throw new IllegalStateException("cannot write to " + Topics.CHANGES.name(), earlier);
        }
        long number = ++lsn;
        String id = Long.toString(number % ROWS);
        String text = Mark.text(channel, numbers.take(tenant, channel), dueUs, Math.max(bytes, Mark.SIZE));
        String vault = Integer.toString(channel);
        Map<String, String> before = Map.of("id", id, "vault_id", vault, "title", "\"\"");
        Map<String, String> after = Map.of("id", id, "vault_id", vault, "title", '"' + text + '"');
        long us = nowUs();
        RowChange row = new RowChange(
                "public.sources",
                Operation.UPDATE,
                id,
                before,
                after,
                List.of(),
                number,
                new Transaction(number & 0xffffffffL, number, number, us, 0, true));
        send(new ProducerRecord<>(Topics.CHANGES.name(), tenant, new Change(1L, GatewayStand.SOURCE, us, null, row)));
    }

    private void send(ProducerRecord<String, Change> record) {
        // The callback sees what the future would say.
        Future<?> unused = producer.send(record, (written, failure) -> {
            if (failure != null) {
                failed.set(failure);
            }
        });
    }

    private static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public long next(String tenant, int channel) {
        return numbers.next(tenant, channel);
    }

    @Override
    public double seconds() throws IOException {
        return processor.seconds();
    }

    @Override
    public void close() throws InterruptedException {
        heartbeat.shutdownNow();
        producer.close(Duration.ofSeconds(1));
        processor.close();
    }
}
