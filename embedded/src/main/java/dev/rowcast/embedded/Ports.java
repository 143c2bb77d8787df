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
            try {
                probe(port);
                return port;
            } catch (IOException e) {
                continue; // somebody's; the next one
            }
        }
        throw new EmbeddedException(
                Code.PORT_TAKEN,
                "%d ports of %s between %d and %d are taken; end what listens there, or choose the ports"
                        .formatted(TRIES, HOST, LOWEST_FREE, HIGHEST_FREE));
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
