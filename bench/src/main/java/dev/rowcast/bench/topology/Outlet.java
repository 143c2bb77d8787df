package dev.rowcast.bench.topology;

import dev.rowcast.schemas.topic.Topic;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Writes to one topic without waiting. A write that failed is told with the next one.
final class Outlet<V> implements AutoCloseable {

    private final Topic<String, V> topic;
    private final KafkaProducer<String, V> producer;
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

    Outlet(Topic<String, V> topic, KafkaProducer<String, V> producer) {
        this.topic = topic;
        this.producer = producer;
    }

    /// @throws IllegalStateException when an earlier write failed
    void send(String tenant, V value) {
        Exception earlier = failed.get();
        if (earlier != null) {
            throw new IllegalStateException("cannot write to " + topic.name(), earlier);
        }
        // The callback sees what the future would say.
        Future<?> unused = producer.send(new ProducerRecord<>(topic.name(), tenant, value), (written, failure) -> {
            if (failure != null) {
                failed.set(failure);
            }
        });
    }

    @Override
    public void close() {
        producer.close();
    }
}
