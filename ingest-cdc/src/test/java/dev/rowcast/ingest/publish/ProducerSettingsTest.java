package dev.rowcast.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProducerSettingsTest {

    @Test
    @DisplayName("K-1, K-4: the producer is idempotent and transactional, and its transactions end by themselves")
    void theProducerIsIdempotentAndTransactional() {
        ProducerConfig effective =
                new ProducerConfig(new KafkaSettings("localhost:9092", 1024).producer("rowcast-ingest-test"));

        assertThat(effective.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG))
                .isTrue();
        assertThat(effective.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION))
                .isLessThanOrEqualTo(5);
        assertThat(Map.of(
                        "acks", effective.getString(ProducerConfig.ACKS_CONFIG),
                        "id", effective.getString(ProducerConfig.TRANSACTIONAL_ID_CONFIG)))
                .isEqualTo(Map.of("acks", "-1", "id", "rowcast-ingest-test"));
        assertThat(effective.getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG)).isLessThanOrEqualTo(10_000);
    }
}
