package dev.rowcast.standalone.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Looks whether the gateway will get its ports, before minutes are spent on what would fail at the end.
final class FreePort {

    private FreePort() {}

    /// @param option of the command that chooses another port
    /// @throws IllegalStateException when something else listens there
    static void check(String what, int port, String option) {
        if (port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port %d of the %s is taken; end what listens there or choose another with %s [PORT_TAKEN]"
                            .formatted(port, what, option),
                    e);
        }
    }
}
