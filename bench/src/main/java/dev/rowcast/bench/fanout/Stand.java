package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Driver;
import dev.rowcast.bench.subscribers.Listening;
import dev.rowcast.bench.subscribers.Transport;
import dev.rowcast.bench.subscribers.Wish;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A server on a core of its own, where its messages come from, and the clients.
interface Stand extends AutoCloseable {

    /// Of the server.
    String name();

    /// Of the server.
    InetSocketAddress address();

    /// Processor time that the server has used, user and system, in seconds.
    double seconds() throws IOException;

    /// The same of other processes that take part, in seconds.
    double partsSeconds() throws IOException;

    /// Whether the server has a core of its own.
    boolean pinned();

    Feed feed();

    Driver driver();

    /// The header line that lets a client in.
    String credential(String tenant, int client);

    /// Clients of a tenant that listen to one channel; nobody is connected yet.
    default Crowd crowd(Transport transport, String tenant, int clients, int channel) {
        List<Listening> one = List.of(feed().listening(tenant, channel));
        return crowd(transport, tenant, clients, client -> one);
    }

    /// @param channels of a client, by its number
    default Crowd crowd(Transport transport, String tenant, int clients, IntFunction<List<Listening>> channels) {
        return crowd(IntStream.range(0, clients)
                .mapToObj(client -> Wish.of(transport, credential(tenant, client), channels.apply(client)))
                .toList());
    }

    /// Clients of a tenant that stop to read once they are subscribed.
    ///
    /// @param receiveBuffer of each, in bytes
    default Crowd stalling(Transport transport, String tenant, IntStream clients, int channel, int receiveBuffer) {
        List<Listening> one = List.of(feed().listening(tenant, channel));
        return crowd(clients.mapToObj(client ->
                        Wish.of(transport, credential(tenant, client), one).stalling(receiveBuffer))
                .toList());
    }

    default Crowd crowd(List<Wish> wishes) {
        return new Crowd(driver(), address(), wishes);
    }

    @Override
    void close() throws InterruptedException;
}
