package dev.rowcast.streams.app;

import dev.rowcast.schemas.catalog.Catalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a streams processor runs.
///
/// @param bootstrapServers of Kafka
/// @param registryUrl of a schema registry that speaks Confluent's REST API
/// @param catalog what the rows mean
/// @param cursorSecret at least 16 bytes, the same as the gateways'
/// @param stateDir where Kafka Streams keeps its lock and checkpoints; one process each
/// @param guarantee how often a delivery may be written
/// @param replicationFactor of the topics that Kafka Streams makes; -1 is the broker's default
/// @param commitInterval how much is read again after a crash
/// @param failover who takes over when the process ends
/// @param operatorsAddress `host:port` where other instances and tools reach this one's port for operators;
///     empty: nowhere
public record StreamsConfig(
        String bootstrapServers,
        String registryUrl,
        Catalog catalog,
        String cursorSecret,
        Path stateDir,
        Guarantee guarantee,
        int replicationFactor,
        Duration commitInterval,
        Failover failover,
        Optional<String> operatorsAddress) {

    /// What happens to deliveries when the process dies.
    public enum Guarantee {
        /// Some are written again; receivers drop them by position. The default, because nothing waits for a commit.
        AT_LEAST_ONCE("at_least_once"),
        /// Each is written once, and is seen when its transaction commits.
        EXACTLY_ONCE("exactly_once_v2");

        private final String kafkaName;

        Guarantee(String kafkaName) {
            this.kafkaName = kafkaName;
        }

        String kafkaName() {
            return kafkaName;
        }
    }

    public StreamsConfig {
        if (replicationFactor < 1 && replicationFactor != -1) {
            throw new IllegalArgumentException(
                    "replicationFactor must be at least 1, or -1 for the broker's default, not " + replicationFactor);
        }
        if (commitInterval.isNegative() || commitInterval.isZero()) {
            throw new IllegalArgumentException("commitInterval must be positive, not " + commitInterval);
        }
        if (operatorsAddress
                .filter(address -> !address.matches("[^\\s/]+:[0-9]{1,5}"))
                .isPresent()) {
            throw new IllegalArgumentException(
                    "operatorsAddress must be host:port, not '%s'".formatted(operatorsAddress.get()));
        }
    }

    /// At least once, one replica, a commit every 200 ms, no standby.
    public static StreamsConfig of(
            String bootstrapServers, String registryUrl, Catalog catalog, String cursorSecret, Path stateDir) {
        return new StreamsConfig(
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                stateDir,
                Guarantee.AT_LEAST_ONCE,
                1,
                Duration.ofMillis(200),
                Failover.of(stateDir),
                Optional.empty());
    }

    /// With a commit interval that suits it: exactly once, deliveries wait for the commit.
    public StreamsConfig withGuarantee(Guarantee other) {
        return new StreamsConfig(
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                stateDir,
                other,
                replicationFactor,
                Duration.ofMillis(other == Guarantee.EXACTLY_ONCE ? 20 : 200),
                failover,
                operatorsAddress);
    }

    public StreamsConfig withFailover(Failover other) {
        return new StreamsConfig(
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                stateDir,
                guarantee,
                replicationFactor,
                commitInterval,
                other,
                operatorsAddress);
    }

    public StreamsConfig withReplicationFactor(int other) {
        return new StreamsConfig(
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                stateDir,
                guarantee,
                other,
                commitInterval,
                failover,
                operatorsAddress);
    }

    public StreamsConfig withOperatorsAddress(String other) {
        return new StreamsConfig(
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                stateDir,
                guarantee,
                replicationFactor,
                commitInterval,
                failover,
                Optional.of(other));
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "StreamsConfig[bootstrapServers=%s, registryUrl=%s, stateDir=%s, guarantee=%s, failover=%s]"
                .formatted(bootstrapServers, registryUrl, stateDir, guarantee, failover);
    }
}
