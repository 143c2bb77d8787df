package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Listening;
import java.io.IOException;

/// Where what the gateway delivers comes from.
interface Feed extends AutoCloseable {

    /// Publishes one message in a channel and returns at once.
    ///
    /// @param channel from 0
    /// @param dueUs when it should be published, of [dev.rowcast.bench.subscribers.Mark#nowUs]
    /// @param bytes of the message
    /// @throws IllegalStateException when an earlier one could not be written
    void publish(String tenant, int channel, long dueUs, int bytes);

    /// The number of the channel's next message.
    long next(String tenant, int channel);

    /// A channel as clients subscribe to it now.
    default Listening listening(String tenant, int channel) {
        return new Listening(channel, name(channel), next(tenant, channel));
    }

    static String name(int channel) {
        return "vault:" + channel;
    }

    /// Processor time of a process that makes the deliveries, in seconds.
    default double seconds() throws IOException {
        return 0;
    }

    @Override
    void close() throws InterruptedException;
}
