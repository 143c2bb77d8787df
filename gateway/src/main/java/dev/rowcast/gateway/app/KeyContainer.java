package dev.rowcast.gateway.app;

import dev.rowcast.gateway.auth.KeyRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.TopicPartitionOffset;
import org.springframework.kafka.support.TopicPartitionOffset.SeekPosition;

/// Reads the captured API keys from their first record and goes on reading: every node has all keys. Off the
/// hot path.
final class KeyContainer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeyContainer.class);
    private static final long IDLE_CHECK_MS = 200;
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final TopicPartition partition;
    private final KafkaMessageListenerContainer<byte[], byte[]> container;
    private volatile boolean loaded;

    KeyContainer(String bootstrapServers, String topic, KeyRows rows) {
        this.partition = new TopicPartition(topic, 0);
        ContainerProperties properties =
                new ContainerProperties(new TopicPartitionOffset(topic, 0, SeekPosition.BEGINNING));
        properties.setMessageListener((MessageListener<byte[], byte[]>) record -> rows.accept(record.value()));
        properties.setIdleEventInterval(IDLE_CHECK_MS);
        properties.setIdleBeforeDataMultiplier(1);
        properties.setPollTimeout(IDLE_CHECK_MS);
        properties.setClientId("rowcast-gateway-keys");
        this.container = new KafkaMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                                ConsumerConfig.GROUP_ID_CONFIG, "rowcast-gateway-keys",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()),
                properties);
        container.setBeanName("keys");
        container.setApplicationEventPublisher(event -> {
            if (!loaded && event instanceof ListenerContainerIdleEvent idle) {
                loaded = isAtEnd(idle.getConsumer());
            }
        });
    }

    void start() {
        container.start();
    }

    /// Whether every key that was there at the start has been read.
    boolean isLoaded() {
        return loaded;
    }

    @Override
    public void close() {
        container.stop();
    }

    /// Runs on the container's own thread, which alone may use the consumer.
    private boolean isAtEnd(Consumer<?, ?> consumer) {
        try {
            Long end = consumer.endOffsets(List.of(partition), END_WITHIN).get(partition);
            return end != null && consumer.position(partition, END_WITHIN) >= end;
        } catch (KafkaException e) {
            log.atDebug().addKeyValue("cause", e.toString()).log("Keys' topic not there yet");
            return false;
        }
    }
}
