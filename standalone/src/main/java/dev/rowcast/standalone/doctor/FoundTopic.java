package dev.rowcast.standalone.doctor;

import dev.rowcast.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/// One of Rowcast's topics as it is.
record FoundTopic(Topic<?, ?> declared, TopicDescription description, Map<String, String> config) {

    /// Those of `declared` that are there, in the same order.
    static List<FoundTopic> among(List<Topic<?, ?>> declared, Admin admin)
            throws InterruptedException, ExecutionException {
        Set<String> there = admin.listTopics().names().get();
        List<Topic<?, ?>> known =
                declared.stream().filter(topic -> there.contains(topic.name())).toList();
        Map<String, TopicDescription> descriptions = admin.describeTopics(
                        known.stream().map(Topic::name).toList())
                .allTopicNames()
                .get();
        Map<String, Map<String, String>> configs = new HashMap<>();
        for (Map.Entry<ConfigResource, Config> config : admin.describeConfigs(known.stream()
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                        .toList())
                .all()
                .get()
                .entrySet()) {
            configs.put(config.getKey().name(), KafkaExam.values(config.getValue()));
        }
        List<FoundTopic> found = new ArrayList<>();
        for (Topic<?, ?> topic : known) {
            TopicDescription description = descriptions.get(topic.name());
            if (description != null) {
                found.add(new FoundTopic(topic, description, configs.getOrDefault(topic.name(), Map.of())));
            }
        }
        return found;
    }

    String name() {
        return declared.name();
    }

    /// A setting that is a number; -1 when it is not there.
    long number(String setting) {
        return Long.parseLong(config.getOrDefault(setting, "-1"));
    }
}
