package dev.rowcast.standalone.stack;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.kafka.core.KafkaAdmin;

/// Makes the topics and puts their schemas into the registry; changes nothing when they are there.
final class TopicSetup {

    private static final short ONE_BROKER = 1;

    private final String kafka;
    private final TopicSerdes serdes;

    TopicSetup(String kafka, String registry) {
        this.kafka = kafka;
        this.serdes = new TopicSerdes(new RegistryClient(registry));
    }

    void run(Catalog catalog) {
        KafkaAdmin admin = new KafkaAdmin(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka));
        List<Topic<?, ?>> ours = Topics.all(catalog.highVolume().tenants());
        Stream<Topic<?, ?>> rows =
                catalog.publishedTables().stream().map(table -> Topics.rows(catalog.source(), table.toString()));
        admin.createOrModifyTopics(Stream.concat(ours.stream(), rows)
                .map(topic -> topic.toNewTopic(ONE_BROKER))
                .toArray(NewTopic[]::new));
        ours.forEach(serdes::register);
    }
}
