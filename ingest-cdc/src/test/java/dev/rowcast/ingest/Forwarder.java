package dev.rowcast.ingest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One address behind which another server can take the place of the first, as a name or a virtual address does.
final class Forwarder implements AutoCloseable {

    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int target;

    Forwarder(int target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /// Everybody who is connected is cut off, and comes to another port from now on.
    void to(int port) throws IOException {
        target = port;
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        door.close();
        to(target);
    }

    private void accept() {
        try {
            while (true) {
                Socket in = door.accept();
                Thread.ofVirtual().start(() -> join(in));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void join(Socket in) {
        try (in;
                Socket out = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(in);
            open.add(out);
            Thread back = Thread.ofVirtual().start(() -> copy(out, in));
            copy(in, out);
            back.join();
        } catch (IOException | InterruptedException e) {
            return; // nobody there
        } finally {
            open.remove(in);
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            return; // cut
        } finally {
            open.remove(from);
        }
    }
}
