package dev.rowcast.streams.deadletter;

import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads a source topic. What no other try would read is [Incoming.Unreadable], whatever the reader throws; only a
/// registry that stays away longer than the patience lasts is an exception.
public final class IncomingDeserializer<T> implements Deserializer<Incoming> {

    private final Deserializer<T> reader;
    private final BiFunction<T, byte[], Incoming> wrapper;
    private final Patience patience;

    /// @param wrapper makes a record of what was read and its bytes
    public IncomingDeserializer(Deserializer<T> reader, BiFunction<T, byte[], Incoming> wrapper, Patience patience) {
        this.reader = reader;
        this.wrapper = wrapper;
        this.patience = patience;
    }

    /// @throws RegistryException when the registry does not come back in time
    @Override
    public Incoming deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return new Incoming.Unreadable("the record has no value", new byte[0]);
        }
        try {
            return wrapper.apply(patience.whileAway(() -> reader.deserialize(topic, bytes)), bytes);
        } catch (RegistryException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
                throw e;
            }
            return new Incoming.Unreadable(reason(e), bytes);
        } catch (RuntimeException | StackOverflowError e) {
            return new Incoming.Unreadable(reason(e), bytes);
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure.toString() : failure + "; " + cause;
    }
}
