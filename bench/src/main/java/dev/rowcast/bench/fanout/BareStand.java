package dev.rowcast.bench.fanout;

import dev.rowcast.bench.bare.Bare;
import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.subscribers.Driver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// What a delivery costs a server here that does nothing but write it, in the same run: the yardstick for what the
/// gateway needs. It gets its messages over a socket, knows no tenants and lets everybody in.
final class BareStand implements Stand {

    private final Bare server;
    private final Feed feed;
    private final Driver driver;
    private final boolean pinned;

    private BareStand(Bare server, Feed feed, Driver driver, boolean pinned) {
        this.server = server;
        this.feed = feed;
        this.driver = driver;
        this.pinned = pinned;
    }

    /// @param folder gets its log
    /// @param beside whose driver and kind of core it has
    static BareStand start(Path folder, Stand beside) throws IOException, InterruptedException {
        Bare server = Bare.start(folder, beside.pinned() ? Cores.first() : Cores.ALL);
        return new BareStand(server, new SocketFeed(server), beside.driver(), beside.pinned());
    }

    @Override
    public String name() {
        return "bare Netty";
    }

    @Override
    public InetSocketAddress address() {
        return server.address();
    }

    @Override
    public double seconds() throws IOException {
        return server.seconds();
    }

    @Override
    public double partsSeconds() {
        return 0;
    }

    @Override
    public boolean pinned() {
        return pinned;
    }

    @Override
    public Feed feed() {
        return feed;
    }

    @Override
    public Driver driver() {
        return driver;
    }

    @Override
    public String credential(String tenant, int client) {
        return "X-Client: " + client;
    }

    @Override
    public void close() throws InterruptedException {
        feed.close();
        server.close();
    }
}
