package dev.rowcast.standalone.fleet;

import dev.rowcast.embedded.Ports;
import dev.rowcast.standalone.ServiceJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// What stands in front of gateways: takes connections to those that are ready, in turn. A process of its own, because
/// each connection takes it two sockets.
final class Proxy implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private static final String PORT = "PORT";
    private static final String BACKENDS = "BACKENDS";

    private final ServiceJvm jvm;
    private final int port;

    private Proxy(ServiceJvm jvm, int port) {
        this.jvm = jvm;
        this.port = port;
    }

    /// @param folder for its log
    static Proxy start(Path folder, List<GatewayNode> nodes) throws IOException {
        int port = Ports.free();
        String backends =
                nodes.stream().map(node -> Integer.toString(node.port())).collect(Collectors.joining(","));
        return new Proxy(
                ServiceJvm.start(
                        "proxy",
                        List.of(
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                ServiceJvm.classPath(),
                                Proxy.class.getName()),
                        Map.of(PORT, Integer.toString(port), BACKENDS, backends),
                        folder),
                port);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        jvm.close();
    }

    /// Serves at the port in its environment for those behind the others.
    @SuppressWarnings("AddressSelection") // only this machine
    public static void main(String[] args) throws IOException {
        List<Backend> backends = new ArrayList<>();
        for (String each : System.getenv(BACKENDS).split(",")) {
            Backend backend = new Backend(Integer.parseInt(each));
            backends.add(backend);
            Thread.ofVirtual().start(backend::watch);
        }
        AtomicInteger turn = new AtomicInteger();
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv(PORT))), BACKLOG);
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client, backends, turn));
            }
        }
    }

    private static void serve(Socket client, List<Backend> backends, AtomicInteger turn) {
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(Math.floorMod(turn.getAndIncrement(), backends.size()));
            if (backend.ready) {
                try (client;
                        Socket upstream = new Socket("127.0.0.1", backend.port)) {
                    Thread up = Thread.ofVirtual().start(() -> pump(client, upstream));
                    pump(upstream, client);
                    up.join();
                } catch (IOException | InterruptedException e) {
                    // The client comes back.
                }
                return;
            }
        }
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pump(Socket from, Socket to) {
        byte[] some = new byte[2048];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                out.write(some, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            try {
                to.close();
                from.close();
            } catch (IOException closing) {
                throw new UncheckedIOException(closing);
            }
        }
    }

    /// One gateway, and whether it wants clients.
    private static final class Backend {
        private static final HttpClient HTTP = HttpClient.newHttpClient();
        private final int port;
        private volatile boolean ready;

        Backend(int port) {
            this.port = port;
        }

        void watch() {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            while (true) {
                try {
                    ready = HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
                    Thread.sleep(LOOK_EVERY);
                } catch (IOException e) {
                    ready = false;
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }
}
