package dev.rowcast.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    private static final int LONGEST_TRANSACTION_MS = 10_000;

    private final ProducerConfig effective =
            new ProducerConfig(new KafkaSettings("127.0.0.1:1", 1_000_000).producer("rowcast-ingest-test"));

    @Test
    @DisplayName("K-1: the producer is idempotent, waits for all copies and keeps the order")
    void theProducerIsIdempotentAndKeepsTheOrder() {
        assertThat(effective.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG))
                .isTrue();
        assertThat(effective.getString(ProducerConfig.ACKS_CONFIG)).isEqualTo("-1");
        assertThat(effective.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION))
                .isBetween(1, 5);
        assertThat(effective.getInt(ProducerConfig.RETRIES_CONFIG)).isPositive();
        assertThat(effective.getString(ProducerConfig.TRANSACTIONAL_ID_CONFIG)).isEqualTo("rowcast-ingest-test");
    }

    @Test
    @DisplayName("K-4: an abandoned transaction ends by itself within 10 s")
    void anAbandonedTransactionEndsSoon() {
        assertThat(effective.getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG)).isBetween(1, LONGEST_TRANSACTION_MS);
        assertThat(effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG))
                .isLessThan(effective.getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG));
        assertThat(effective.getLong(ProducerConfig.MAX_BLOCK_MS_CONFIG))
                .isLessThan(effective.getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG));
    }

    @Test
    @DisplayName("P8: what waits to be sent is bounded")
    void whatWaitsToBeSentIsBounded() {
        assertThat(effective.getLong(ProducerConfig.BUFFER_MEMORY_CONFIG)).isLessThanOrEqualTo(32L * 1024 * 1024);
    }
}
