package dev.rowcast.bench.fanout;

import dev.rowcast.bench.bare.Bare;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Messages that a bare server takes to all of its clients.
final class SocketFeed implements Feed {

    private final Numbers numbers = new Numbers();
    private final Bare server;

    SocketFeed(Bare server) {
        this.server = server;
    }

    @Override
    public synchronized void publish(String tenant, int channel, long dueUs, int bytes) {
        try {
            server.publish(Content.json(channel, numbers.take(tenant, channel), dueUs, bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the bare server takes nothing more", e);
        }
    }

    @Override
    public long next(String tenant, int channel) {
        return numbers.next(tenant, channel);
    }

    @Override
    public void close() {
        // The server's socket is the server's.
    }
}
