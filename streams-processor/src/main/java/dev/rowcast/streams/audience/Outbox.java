package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.content.CloudEvents;
import dev.rowcast.streams.deadletter.DeadLetters;
import dev.rowcast.streams.eviction.CacheRecords;
import dev.rowcast.streams.ordering.Position;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What the topology writes.
final class Outbox {

    static final String DELIVERIES_SINK = "deliveries-sink";
    static final String EVICTIONS_SINK = "evictions-sink";
    static final String EVENTS_SINK = "events-sink";
    static final String DEAD_LETTERS_SINK = "dead-letters-sink";

    private static final String TRACEPARENT = "traceparent";

    private final ProcessorContext<Object, Object> context;
    private final Nodes nodes;
    private final Clock clock;
    private final int partition;
    private long timestampMs;
    private Headers headers = new RecordHeaders();

    Outbox(ProcessorContext<Object, Object> context, Nodes nodes, Clock clock) {
        this.context = context;
        this.nodes = nodes;
        this.clock = clock;
        this.partition = context.taskId().partition();
    }

    /// What follows answers this record.
    void answering(long timestampMs, @Nullable String traceparent) {
        this.timestampMs = timestampMs;
        this.headers = new RecordHeaders();
        if (traceparent != null) {
            headers.add(TRACEPARENT, traceparent.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// To one node, at once; to nobody when it is not attached.
    ///
    /// @param tenant empty in what concerns the whole partition
    /// @param position up to which the node has everything once it has this
    void deliver(String node, Optional<TenantId> tenant, Position position, Object body) {
        nodes.home(node)
                .ifPresent(home -> context.forward(
                        new Record<>(
                                new Address(node, home), delivery(node, tenant, position, body), timestampMs, headers),
                        DELIVERIES_SINK));
    }

    /// Tells one cache partition what is stale.
    void evict(CacheRecords.Addressed eviction) {
        context.forward(
                new Record<>(new CacheAddress(eviction.cachePartition()), eviction.eviction(), timestampMs, headers),
                EVICTIONS_SINK);
    }

    /// Hands an event to direct consumers.
    void publish(CloudEvents.Outgoing event) {
        context.forward(
                new Record<>(new EventAddress(event.topic(), event.key()), event.value(), timestampMs, event.headers()),
                EVENTS_SINK);
    }

    /// Sets a record of a source topic aside.
    ///
    /// @param request that it follows from, where that is known
    void setAside(String reason, byte[] key, byte[] value, String topic, long offset, Optional<String> request) {
        context.forward(
                new Record<>(key, value, timestampMs, DeadLetters.headers(reason, topic, partition, offset, request)),
                DEAD_LETTERS_SINK);
    }

    int partition() {
        return partition;
    }

    long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    private Delivery delivery(String node, Optional<TenantId> tenant, Position position, Object body) {
        return new Delivery(
                node,
                tenant.map(TenantId::value).orElse(null),
                position.epoch(),
                partition,
                position.offset(),
                nowUs(),
                body);
    }
}
