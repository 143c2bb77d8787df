package dev.rowcast.streams.app;

import dev.rowcast.streams.explain.Instances;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;

/// As far as they told the group where they are.
record OtherInstances(KafkaStreams streams, Optional<String> own) implements Instances {

    @Override
    public List<String> others() {
        try {
            return streams.metadataForAllStreamsClients().stream()
                    .map(StreamsMetadata::hostInfo)
                    .filter(host -> host.port() > 0)
                    .map(host -> host.host() + ":" + host.port())
                    .filter(address -> !own.equals(Optional.of(address)))
                    .distinct()
                    .sorted()
                    .map(address -> "http://" + address)
                    .toList();
        } catch (IllegalStateException e) {
            return List.of(); // it does not run, so it knows nobody
        }
    }
}
