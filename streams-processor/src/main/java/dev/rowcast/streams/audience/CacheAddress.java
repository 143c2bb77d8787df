package dev.rowcast.streams.audience;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/// Where an eviction goes: the key on its way to the sink, which is written as a number.
record CacheAddress(int cachePartition) {

    static Serializer<CacheAddress> serializer() {
        StringSerializer text = new StringSerializer();
        return (topic, address) -> text.serialize(topic, Integer.toString(address.cachePartition()));
    }

    /// To the cache partition, whatever its number hashes to.
    static <V> StreamPartitioner<CacheAddress, V> partitioner() {
        return (topic, address, value, partitions) -> Optional.of(Set.of(address.cachePartition()));
    }
}
