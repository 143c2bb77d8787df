package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of 127.0.0.1.
final class Ports {
    static final String HOST = "127.0.0.1";

    /// Below the range that the system gives to outgoing connections: one of those could sit on a port that was free
    /// when we looked and must still be free when the server binds it.
    private static final int LOWEST_FREE = 20_000;

    private static final int HIGHEST_FREE = 32_000;
    private static final int TRIES = 100;

    private Ports() {}

    /// The port asked for when nobody listens on it; for 0, one that is free.
    static int take(Part part, int asked) {
        return asked == 0 ? free(part) : requireFree(part, asked);
    }

    private static int free(Part part) {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE);
            try {
                probe(port);
                return port;
            } catch (IOException e) {
                continue; // somebody's; the next one
            }
        }
        throw new EmbeddedException(
                Code.PORT_TAKEN,
                "%s finds no free port on %s between %d and %d; give %s a port"
                        .formatted(part.label(), HOST, LOWEST_FREE, HIGHEST_FREE, part));
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
