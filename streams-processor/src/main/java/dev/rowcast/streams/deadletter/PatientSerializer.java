package dev.rowcast.streams.deadletter;

import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes as another serializer does, and waits for the registry while it is away.
public final class PatientSerializer<T> implements Serializer<T> {

    private final Serializer<T> writer;
    private final Patience patience;

    public PatientSerializer(Serializer<T> writer, Patience patience) {
        this.writer = writer;
        this.patience = patience;
    }

    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry does not come back in time
    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T record) {
        return patience.whileAway(() -> writer.serialize(topic, record));
    }
}
