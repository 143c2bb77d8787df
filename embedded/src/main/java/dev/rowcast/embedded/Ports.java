package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Ports of 127.0.0.1.
final class Ports {
    static final String HOST = "127.0.0.1";

    private Ports() {}

    /// The port asked for when nobody listens on it; for 0, one that was free a moment ago.
    static int take(Part part, int asked) {
        try (var socket = new ServerSocket()) {
            // A port whose connections are in TIME_WAIT is free for us.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), asked));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedException(
                    Code.PORT_TAKEN,
                    "%s cannot listen on %s:%d (%s); stop what listens there, or give %s another port (0 takes a free one)"
                            .formatted(part.label(), HOST, asked, e.getMessage(), part),
                    e);
        }
    }
}
