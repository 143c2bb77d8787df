package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Writes events to `rowcast.inbox`. Without transactions, because whoever measures how many wait counts offsets; the
/// producer is idempotent, and tries again by itself with growing pauses until its time is over.
final class Outlet implements AutoCloseable {

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final String bootstrapServers;
    private final TopicSerdes serdes;
    private final Duration patience;
    /// Serializers are for one thread, and the producer may block.
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("rowcast-publish").daemon().factory());
    /// Made when it is needed first; most nodes publish nothing.
    private volatile @Nullable Producer<String, PublishedEvent> producer;

    /// Where a request's events stand.
    ///
    /// @param last offset of the last one
    record Written(int partition, long last) {}

    /// @param patience how long Kafka may take
    Outlet(String bootstrapServers, TopicSerdes serdes, Duration patience) {
        this.bootstrapServers = bootstrapServers;
        this.serdes = serdes;
        this.patience = patience;
    }

    private Producer<String, PublishedEvent> open() {
        int all = Math.toIntExact(patience.toMillis());
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "rowcast-gateway-publish",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        all,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        all / 3,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        all / 3),
                new StringSerializer(),
                serdes.value(Topics.INBOX).serializer());
    }

    /// Writes all of them, in this order. Returns at once.
    ///
    /// @param mark 16 bytes in hex, on each record
    /// @return fails when one of them may be missing; some may be there all the same, now or a little later
    CompletableFuture<Written> write(TenantId tenant, List<PublishedEvent> events, String mark, Cause cause) {
        long until = System.nanoTime() + patience.toNanos();
        return CompletableFuture.supplyAsync(
                        () -> {
                            if (System.nanoTime() - until > 0) {
                                throw new IllegalStateException("Kafka kept those before it waiting");
                            }
                            return sendAll(tenant, events, mark, cause);
                        },
                        thread)
                .thenCompose(sent -> CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                        .thenApply(all -> written(sent)))
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private List<CompletableFuture<RecordMetadata>> sendAll(
            TenantId tenant, List<PublishedEvent> events, String mark, Cause cause) {
        Producer<String, PublishedEvent> line = producer;
        if (line == null) {
            line = open();
            producer = line;
        }
        Header job = new RecordHeader(Inbox.JOB, HexFormat.of().parseHex(mark));
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            List<Header> headers = new ArrayList<>(4);
            headers.add(job);
            headers.add(RequestHeader.of(cause.request()));
            headers.add(header(Inbox.INDEX, Integer.toString(i)));
            cause.traceparent().ifPresent(value -> headers.add(header(Inbox.TRACEPARENT, value)));
            sent.add(send(
                    line, new ProducerRecord<>(Topics.INBOX.name(), null, tenant.value(), events.get(i), headers)));
            if (sent.getLast().isCompletedExceptionally()) {
                return sent; // each of the others would wait as long
            }
        }
        return sent;
    }

    private static Written written(List<CompletableFuture<RecordMetadata>> sent) {
        // One key, so one partition.
        int partition = sent.getFirst().resultNow().partition();
        return new Written(
                partition,
                sent.stream().mapToLong(each -> each.resultNow().offset()).max().orElseThrow());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback completes ours
    private static CompletableFuture<RecordMetadata> send(
            Producer<String, PublishedEvent> line, ProducerRecord<String, PublishedEvent> record) {
        CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
        line.send(record, (metadata, failure) -> {
            if (failure == null) {
                sent.complete(metadata);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        return sent;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        thread.shutdown();
        Producer<String, PublishedEvent> line = producer;
        if (line != null) {
            line.close(CLOSE_WITHIN);
        }
    }
}
