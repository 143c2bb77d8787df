package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.PatientSerializer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/// Where an event goes: the key on its way to the sink, of which the text is written.
record EventAddress(String topic, String text) {

    static Serializer<EventAddress> keys() {
        StringSerializer text = new StringSerializer();
        return (topic, address) -> text.serialize(topic, address.text());
    }

    /// Its text is part of the topology's description.
    enum Sink implements TopicNameExtractor<EventAddress, ContentEvent> {
        OF_TENANT;

        @Override
        public String extract(EventAddress address, ContentEvent event, RecordContext context) {
            return address.topic();
        }
    }

    /// Each topic has its own subject in the registry.
    static Serializer<ContentEvent> values(Catalog catalog, TopologySettings settings) {
        Map<String, Serializer<ContentEvent>> byTopic = new HashMap<>();
        byTopic.put(Topics.EVENTS.name(), values(Topics.EVENTS, settings));
        for (String tenant : catalog.highVolume().tenants()) {
            byTopic.put(Topics.events(tenant).name(), values(Topics.events(tenant), settings));
        }
        return (topic, event) -> Objects.requireNonNull(byTopic.get(topic)).serialize(topic, event);
    }

    private static Serializer<ContentEvent> values(Topic<String, ContentEvent> topic, TopologySettings settings) {
        return new PatientSerializer<>(settings.serdes().value(topic).serializer(), settings.patience());
    }
}
