package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {

    private final StreamsConfig config;

    KafkaSettingsTest(@TempDir Path stateDir) {
        config = StreamsConfig.of(
                "127.0.0.1:1",
                "http://127.0.0.1:1",
                Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels: {vault: {access: tenant}}
                tables: {public.sources: {entity: source, channels: ["vault:{vault_id}"]}}
                """),
                "a secret of sixteen bytes or more",
                stateDir);
    }

    @Test
    @DisplayName("What Kafka makes of the settings keeps order, reads what is committed and names everything")
    void kafkaMakesOfThemWhatWeMean() {
        var effective = new org.apache.kafka.streams.StreamsConfig(KafkaSettings.of(config));

        var consumer = effective.getMainConsumerConfigs("group", "client", 1);
        var producer = effective.getProducerConfigs("client");
        assertThat(consumer)
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000)
                .containsEntry(
                        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                        config.failover().instance() + "-1")
                .containsEntry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 250);
        assertThat(effective.getRestoreConsumerConfigs("client"))
                .doesNotContainKey(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG);
        assertThat(effective(producer))
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .containsEntry(ProducerConfig.ACKS_CONFIG, "-1")
                .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        assertThat(effective.getBoolean("ensure.explicit.internal.resource.naming"))
                .isTrue();
    }

    @Test
    @DisplayName("A transaction outlives its commit interval and not the patience of those who wait behind it")
    void aTransactionEndsSoon() {
        StreamsConfig once = config.withGuarantee(Guarantee.EXACTLY_ONCE);

        var producer = new org.apache.kafka.streams.StreamsConfig(KafkaSettings.of(once)).getProducerConfigs("client");

        assertThat(producer.get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG))
                .asInstanceOf(INTEGER)
                .isGreaterThan((int) once.commitInterval().toMillis())
                .isLessThan(10_000);
    }

    @Test
    @DisplayName("The same folder gives the same name after a restart, another folder another one")
    void aProcessIsNamedByItsFolder(@TempDir Path one, @TempDir Path other) {
        assertThat(Failover.of(one).instance())
                .isEqualTo(Failover.of(one.resolve("../" + one.getFileName())).instance())
                .isNotEqualTo(Failover.of(other).instance());
    }

    @Test
    @DisplayName("A name that Kafka would refuse later is refused at once")
    void aNameThatKafkaWouldRefuseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.failover().withInstance("pod 1"))
                .withMessageContaining("'pod 1'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.failover().withStandbys(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.failover().withSessionTimeout(Duration.ZERO))
                .withMessageContaining("sessionTimeout");
    }

    private static Map<String, Object> effective(Map<String, Object> producer) {
        Map<String, Object> settings = new HashMap<>(producer);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return new HashMap<>(new ProducerConfig(settings).values());
    }
}
