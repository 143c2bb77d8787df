package dev.rowcast.ingest.app;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.ingest.CacheClock;
import dev.rowcast.ingest.Ingest;
import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.IngestListener;
import dev.rowcast.ingest.IngestState;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.quarantine.QuarantinedTable;
import dev.rowcast.ingest.slot.SlotReport;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.DependencyDetails;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaAdmin.NewTopics;

/// Wires the process: the topics, ingest, and its state as health.
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {

    private static final int ADMIN_TIMEOUT_SECONDS = 5;

    @Bean
    CacheClock cacheClock(IngestProperties properties, MeterRegistry meters) {
        CacheClock clock = CacheClock.of(properties.redis());
        clock.redis().ifPresent(link -> BreakerMetrics.bind(meters, "ingest", link.breaker()));
        return clock;
    }

    @Bean
    IngestConfig ingestConfig(IngestProperties properties, CacheClock cacheClock) throws CatalogException {
        return properties.toConfig().withCacheClock(cacheClock);
    }

    /// Makes the topics when Kafka is there; when it is not, ingest makes them once it comes.
    @Bean
    KafkaAdmin kafkaAdmin(IngestConfig config) {
        KafkaAdmin admin =
                new KafkaAdmin(new KafkaSettings(config.bootstrapServers(), config.largestRecordBytes()).admin());
        admin.setFatalIfBrokerNotAvailable(false);
        admin.setOperationTimeout(ADMIN_TIMEOUT_SECONDS);
        return admin;
    }

    @Bean
    NewTopics topics(IngestConfig config) {
        return new NewTopics(TopicSetup.topics(config.catalog()).stream()
                .map(topic -> topic.toNewTopic(config.replication()))
                .toArray(NewTopic[]::new));
    }

    @Bean(destroyMethod = "close")
    Ingest ingest(IngestConfig config, MeterRegistry meters) {
        return Ingest.start(config, meters, IngestListener.SILENT);
    }

    @Bean
    SnapshotsEndpoint snapshotsEndpoint(Ingest ingest) {
        return new SnapshotsEndpoint(ingest);
    }

    /// Never down: whether ingest works is told by its own state.
    @Bean
    HealthIndicator postgresHealthIndicator(Ingest ingest) {
        return () -> Health.up().withDetails(ingest.database()).build();
    }

    @Bean
    HealthIndicator registryHealthIndicator(Ingest ingest) {
        return () -> Health.up().withDetails(ingest.registry()).build();
    }

    /// Nobody looks at it: each heartbeat asks for its clock.
    @Bean
    HealthIndicator redisHealthIndicator(CacheClock clock) {
        return () -> Health.up()
                .withDetails(
                        DependencyDetails.of(Optional.empty(), clock.redis().map(RedisLink::breaker)))
                .build();
    }

    /// Up means progress: a heartbeat went the whole way within the last seconds.
    @Bean
    HealthIndicator ingestHealthIndicator(Ingest ingest) {
        return () -> {
            IngestState state = ingest.state();
            Health.Builder health = ingest.ready() ? Health.up() : Health.outOfService();
            ingest.slot().ifPresent(slot -> health.withDetail("slot", described(slot)));
            if (!ingest.quarantined().isEmpty()) {
                // The other tables flow, so it is not down.
                health.withDetail("degraded", true)
                        .withDetail(
                                "quarantined",
                                ingest.quarantined().stream()
                                        .map(IngestConfiguration::described)
                                        .toList());
            }
            return switch (state) {
                case IngestState.Down(Fault fault) -> described(health.down(), state, fault);
                case IngestState.Restarting(Fault fault, int attempt) -> described(health, state, fault);
                case IngestState.Starting _,
                        IngestState.WaitingForSlot _,
                        IngestState.Snapshotting _,
                        IngestState.Streaming _,
                        IngestState.Stopped _ ->
                    health.withDetail("state", state.label()).build();
            };
        };
    }

    private static Map<String, Object> described(SlotReport slot) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", slot.state().status());
        details.put("retainedBytes", slot.state().retainedBytes());
        details.put("lagBytes", slot.state().lagBytes());
        slot.state().limitBytes().ifPresent(bytes -> details.put("limitBytes", bytes));
        slot.timeLeft().ifPresent(left -> details.put("timeLeftSeconds", left.toSeconds()));
        return details;
    }

    private static Map<String, Object> described(QuarantinedTable table) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("table", table.table().toString());
        details.put("code", table.code().name());
        details.put("reason", table.reason());
        details.put("wayBack", table.wayBack());
        details.put("since", table.since().toString());
        details.put("rows", table.rows());
        return details;
    }

    private static Health described(Health.Builder health, IngestState state, Fault fault) {
        return health.withDetail("state", state.label())
                .withDetail("code", fault.code().label())
                .withDetail("reason", fault.reason())
                .withDetail("fix", fault.fix())
                .build();
    }
}
