package dev.rowcast.streams.audience;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/// Where a delivery goes: the key on its way to the sink, of which the node's name is written.
record Address(String node, int home) {

    static Serializer<Address> serializer() {
        StringSerializer text = new StringSerializer();
        return (topic, address) -> text.serialize(topic, address.node());
    }

    /// To the home of the node, whatever its name hashes to.
    static <V> StreamPartitioner<Address, V> partitioner() {
        return (topic, address, value, partitions) -> Optional.of(Set.of(address.home()));
    }
}
