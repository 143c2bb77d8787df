package dev.rowcast.embedded.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What stands between clients and a server: it can lead to another one, cut connections, and swallow what is sent
/// without a word.
public final class Proxy implements AutoCloseable {

    private static final int CHUNK = 16 << 10;

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile boolean swallowing;

    /// @param target port of 127.0.0.1 where the server is
    public Proxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /// Where clients connect, on 127.0.0.1.
    public int port() {
        return server.getLocalPort();
    }

    /// New connections lead there, and those that are open end.
    public void leadTo(int port) {
        leadNewOnesTo(port);
        cut();
    }

    /// Those that are open stay where they are.
    public void leadNewOnesTo(int port) {
        target = port;
    }

    /// Connections that are open end.
    public void cut() {
        open.forEach(Proxy::end);
    }

    /// What comes meanwhile on any connection is lost, as if a cable were pulled.
    public void swallow(boolean value) {
        swallowing = value;
        if (!value) {
            cut(); // a stream with a hole in it is of no use to anybody
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // It is closed, or this one client went away.
                Thread.onSpinWait();
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(upstream);
            Thread back = Thread.ofVirtual().start(() -> pump(upstream, client));
            pump(client, upstream);
            back.join();
            open.remove(upstream);
        } catch (IOException e) {
            end(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] some = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                if (!swallowing) {
                    out.write(some, 0, count);
                }
            }
        } catch (IOException e) {
            // Either side is gone, so both are.
            Thread.onSpinWait();
        }
        end(from);
        end(to);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket", e);
        }
    }
}
