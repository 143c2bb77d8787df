package dev.rowcast.streams.app.server;

import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.app.StreamsApp;
import dev.rowcast.streams.app.StreamsConfig;
import dev.rowcast.streams.app.StreamsState;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/// Wires the process: first the topics, then the topology, and its state as health.
@Configuration(proxyBeanMethods = false)
class ProcessorConfiguration {

    @Bean
    KafkaAdmin kafkaAdmin(ProcessorProperties properties) {
        KafkaAdmin admin =
                new KafkaAdmin(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, properties.bootstrapServers()));
        admin.setAutoCreate(false);
        return admin;
    }

    @Bean
    StreamsApp streamsApp(ProcessorProperties properties, KafkaAdmin admin, MeterRegistry meters) {
        StreamsConfig config = properties.toConfig();
        Stream<Topic<?, ?>> shared = Stream.of(
                Topics.CHANGES,
                Topics.COMMANDS,
                Topics.DELIVERIES,
                Topics.EVICTIONS,
                Topics.EVENTS,
                Topics.DEAD_LETTERS);
        Stream<Topic<?, ?>> own =
                config.catalog().highVolume().tenants().stream().map(Topics::events);
        admin.createOrModifyTopics(Stream.concat(shared, own)
                .map(topic -> topic.toNewTopic(properties.replicationFactor()))
                .toArray(NewTopic[]::new));
        return StreamsApp.start(config, meters);
    }

    /// After the topology, which makes the topics.
    @Bean(name = "evictorHealthIndicator", destroyMethod = "close")
    CacheEviction cacheEviction(ProcessorProperties properties, StreamsApp app, MeterRegistry meters) {
        return CacheEviction.start(properties, meters);
    }

    @Bean
    ExplainEndpoint explainEndpoint(StreamsApp app) {
        return new ExplainEndpoint(app);
    }

    @Bean
    AudienceEndpoint audienceEndpoint(StreamsApp app) {
        return new AudienceEndpoint(app);
    }

    /// Never down: what is under way needs no schema that the process has not met.
    @Bean
    HealthIndicator registryHealthIndicator(StreamsApp app) {
        return () -> Health.up().withDetails(app.registry()).build();
    }

    @Bean
    HealthIndicator streamsHealthIndicator(StreamsApp app) {
        return () -> switch (app.state()) {
            case StreamsState.Running running -> Health.up().build();
            case StreamsState.Starting starting ->
                Health.outOfService().withDetail("state", "starting").build();
            case StreamsState.Stopped stopped ->
                Health.down().withDetail("state", "stopped").build();
            case StreamsState.Failed(Throwable cause) -> Health.down(cause).build();
        };
    }
}
