package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of 127.0.0.1.
public final class Ports {
    static final String HOST = "127.0.0.1";

    /// Below the range that the system gives to outgoing connections: one of those could sit on a port that was free
    /// when we looked and must still be free when the server binds it.
    private static final int LOWEST_FREE = 20_000;

    private static final int HIGHEST_FREE = 32_000;
    /// From a server's port to the one on which it speaks to the others of its cluster.
    private static final int CLUSTER_BUS = 10_000;

    private static final int TRIES = 100;
    private static final AtomicInteger next =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(HIGHEST_FREE - LOWEST_FREE));

    private Ports() {}

    /// The port asked for when nobody listens on it; for 0, one that is free.
    static int take(Part part, int asked) {
        return asked == 0 ? free() : requireFree(part, asked);
    }

    /// One that nobody listened on just now, and another each time: who draws several before they are listened on gets
    /// as many.
    ///
    /// @throws EmbeddedException with [Code#PORT_TAKEN] when all that were tried are somebody's
    public static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = LOWEST_FREE + Math.floorMod(next.getAndIncrement(), HIGHEST_FREE - LOWEST_FREE);
            if (isFree(port)) {
                return port;
            }
        }
        throw noneFree(LOWEST_FREE, HIGHEST_FREE);
    }

    /// One for a server of a Redis Cluster: it listens on the port 10,000 above as well, and cannot be told of another.
    /// Both are free and below the range of outgoing connections.
    ///
    /// @throws EmbeddedException with [Code#PORT_TAKEN] when all that were tried are somebody's
    public static int freeOfCluster() {
        for (int i = 0; i < HIGHEST_FREE - LOWEST_FREE; i++) {
            int port = free() - CLUSTER_BUS;
            if (port < LOWEST_FREE && isFree(port)) {
                return port;
            }
        }
        throw noneFree(LOWEST_FREE - CLUSTER_BUS, LOWEST_FREE);
    }

    private static boolean isFree(int port) {
        try {
            probe(port);
            return true;
        } catch (IOException e) {
            return false; // somebody's
        }
    }

    private static EmbeddedException noneFree(int lowest, int highest) {
        return new EmbeddedException(
                Code.PORT_TAKEN,
                "the ports of %s between %d and %d that were tried are taken; end what listens there, or choose the ports"
                        .formatted(HOST, lowest, highest));
    }

    private static int requireFree(Part part, int port) {
        try {
            probe(port);
            return port;
        } catch (IOException e) {
            throw new EmbeddedException(
                    Code.PORT_TAKEN,
                    "%s cannot listen on %s:%d (%s); stop what listens there, or give %s another port (0 takes a free one)"
                            .formatted(part.label(), HOST, port, e.getMessage(), part),
                    e);
        }
    }

    /// Binds without listening, and ready to share: a child process that is being forked at this moment holds a
    /// copy of the socket a little longer than we do, and a copy that listened would keep the server off the
    /// port.
    private static void probe(int port) throws IOException {
        try (var socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
        }
    }
}
