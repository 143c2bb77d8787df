package dev.rowcast.bench.bare;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import dev.rowcast.embedded.Ports;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The bare server, in a process of its own.
public final class Bare implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(30);
    private static final String HOST = "127.0.0.1";

    private final Child child;
    private final int port;
    private final Socket socket;
    private final DataOutputStream out;

    private Bare(Child child, int port, Socket socket) throws IOException {
        this.child = child;
        this.port = port;
        this.socket = socket;
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /// Returns when it listens.
    ///
    /// @param folder gets its log
    public static Bare start(Path folder, Cores cores) throws IOException, InterruptedException {
        int port = Ports.free();
        int feedPort = Ports.free();
        Child child = Child.start(
                "bare",
                folder,
                cores.launcher(),
                List.of(),
                BareServer.class.getName(),
                List.of(Integer.toString(port), Integer.toString(feedPort)),
                Map.of());
        try {
            Wait.until("the bare server listens", READY_WITHIN, () -> {
                child.requireAlive();
                return listens(feedPort);
            });
            Socket socket = new Socket(HOST, feedPort);
            socket.setTcpNoDelay(true);
            return new Bare(child, port, socket);
        } catch (RuntimeException | IOException e) {
            child.close();
            throw e;
        }
    }

    private static boolean listens(int port) {
        try (Socket probe = new Socket(HOST, port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(HOST, port);
    }

    /// Processor time that it has used, user and system, in seconds.
    public double seconds() throws IOException {
        return ProcessStat.of(child.handle()).ownSeconds();
    }

    /// Sends a message to all clients.
    public void publish(String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        byte[] framed = new byte[Integer.BYTES + bytes.length];
        ByteBuffer.wrap(framed).putInt(bytes.length).put(bytes);
        out.write(framed);
    }

    @Override
    public void close() throws InterruptedException {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket that cannot be closed", e);
        } finally {
            child.close();
        }
    }
}
