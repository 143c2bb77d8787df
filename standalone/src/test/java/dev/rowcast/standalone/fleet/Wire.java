package dev.rowcast.standalone.fleet;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// One connection to a gateway, read by one thread: raw sockets, because thousands are open at the same time.
sealed interface Wire extends AutoCloseable {

    /// What a client asks for.
    ///
    /// @param rows whether it wants rows and not only keys
    record Wish(String token, Set<String> channels, boolean rows, Optional<String> cursor) {
        private String mode() {
            return rows ? "rows" : "keys";
        }

        private String query() {
            return channels.stream().map(channel -> "channel=" + channel).collect(Collectors.joining("&")) + "&mode="
                    + mode();
        }
    }

    /// How it comes.
    enum Transport {
        SSE,
        SOCKET,
        /// One answer; then the client asks again, of whichever node.
        POLL;

        /// Those whose connections last.
        static final List<Transport> LASTING = List.of(SSE, SOCKET);
    }

    int TIMEOUT_MS = 60_000;

    /// The next message as JSON; waits for it.
    ///
    /// @param timeoutMs to wait for more bytes
    /// @throws java.net.SocketTimeoutException when none came; nothing can be read afterwards
    /// @throws IOException when the connection has ended
    String next(int timeoutMs) throws IOException;

    /// Ends it at once, as a crash of the client does.
    default void abort() throws IOException {
        socket().setSoLinger(true, 0);
        socket().close();
    }

    @Override
    default void close() throws IOException {
        socket().close();
    }

    Socket socket();

    /// @param receiveBuffer bytes that the kernel holds; 0 takes its default
    static Wire open(Transport transport, int port, Wish wish, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            return switch (transport) {
                case SSE -> new Events(socket, wish);
                case SOCKET -> new WebSocket(socket, wish);
                case POLL -> new Poll(socket, wish);
            };
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("cut");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /// @param wanted a header of the answer, without which there is no room for the client now
    private static void head(InputStream in, int expected, String wanted) throws IOException {
        String status = line(in);
        boolean has = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            has |= line.equalsIgnoreCase(wanted);
        }
        if (!status.startsWith("HTTP/1.1 " + expected) || !has) {
            throw new IOException("answered " + status);
        }
    }

    /// An event stream in chunked transfer coding.
    final class Events implements Wire {
        private final Socket socket;
        private final InputStream in;
        private int left;

        private Events(Socket socket, Wish wish) throws IOException {
            this.socket = socket;
            send(
                    socket,
                    "GET /v1/events?%s HTTP/1.1\r\nHost: fleet\r\nAuthorization: Bearer %s\r\n%s\r\n"
                            .formatted(
                                    wish.query(),
                                    wish.token(),
                                    wish.cursor()
                                            .map(cursor -> "Last-Event-ID: " + cursor + "\r\n")
                                            .orElse("")));
            this.in = new BufferedInputStream(socket.getInputStream(), 2048);
            head(in, 200, "transfer-encoding: chunked");
        }

        @Override
        public String next(int timeoutMs) throws IOException {
            socket.setSoTimeout(timeoutMs);
            while (true) {
                String line = bodyLine();
                if (line.startsWith("data: ")) {
                    return line.substring(6);
                }
            }
        }

        private String bodyLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(256);
            for (int c = body(); c != '\n'; c = body()) {
                line.write(c);
            }
            return line.toString(StandardCharsets.UTF_8);
        }

        private int body() throws IOException {
            if (left == 0) {
                left = Integer.parseInt(line(in), 16);
                if (left == 0) {
                    throw new EOFException("ended");
                }
            }
            int c = in.read();
            if (c < 0) {
                throw new EOFException("cut");
            }
            if (--left == 0) {
                line(in);
            }
            return c;
        }

        @Override
        public Socket socket() {
            return socket;
        }
    }

    /// One long-poll: its messages, and then the end.
    final class Poll implements Wire {
        private final Socket socket;
        private final InputStream in;
        private final Deque<String> messages = new ArrayDeque<>();
        private boolean answered;

        private Poll(Socket socket, Wish wish) throws IOException {
            this.socket = socket;
            send(
                    socket,
                    "GET /v1/events?poll=true&%s%s HTTP/1.1\r\nHost: fleet\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
                            .formatted(
                                    wish.query(),
                                    wish.cursor()
                                            .map(cursor -> "&cursor=" + cursor)
                                            .orElse(""),
                                    wish.token()));
            this.in = new BufferedInputStream(socket.getInputStream(), 2048);
        }

        @Override
        public String next(int timeoutMs) throws IOException {
            socket.setSoTimeout(timeoutMs);
            if (!answered) {
                head(in, 200, "content-type: application/json");
                JsonMapper.shared()
                        .readTree(in.readAllBytes())
                        .get("messages")
                        .forEach(message -> messages.add(message.toString()));
                answered = true;
            }
            if (messages.isEmpty()) {
                throw new EOFException("answered");
            }
            return messages.remove();
        }

        @Override
        public Socket socket() {
            return socket;
        }
    }

    /// A WebSocket that says one `SUBSCRIBE`.
    final class WebSocket implements Wire {
        private static final Duration PING_EVERY = Duration.ofSeconds(30);

        private final Socket socket;
        private final DataInputStream in;
        private long spokeNanos;

        private WebSocket(Socket socket, Wish wish) throws IOException {
            this.socket = socket;
            send(
                    socket,
                    ("GET /v1/socket HTTP/1.1\r\nHost: fleet\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Authorization: Bearer %s\r\n\r\n")
                            .formatted(wish.token()));
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2048));
            head(in, 101, "upgrade: websocket");
            String channels =
                    wish.channels().stream().map(channel -> '"' + channel + '"').collect(Collectors.joining(","));
            text("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[%s],\"mode\":\"%s\"%s}}"
                    .formatted(
                            channels,
                            wish.mode(),
                            wish.cursor()
                                    .map(cursor -> ",\"cursor\":\"" + cursor + '"')
                                    .orElse("")));
        }

        /// As the protocol's page wants it; something comes more often than that.
        private void ping() throws IOException {
            if (System.nanoTime() - spokeNanos > PING_EVERY.toNanos()) {
                text("{\"type\":\"PING\"}");
            }
        }

        private void text(String text) throws IOException {
            spokeNanos = System.nanoTime();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(0x81);
            if (bytes.length < 126) {
                frame.write(0x80 | bytes.length);
            } else {
                frame.write(0x80 | 126);
                frame.write(bytes.length >> 8);
                frame.write(bytes.length);
            }
            frame.write(new byte[4]); // a mask that changes nothing
            frame.write(bytes);
            socket.getOutputStream().write(frame.toByteArray());
        }

        @Override
        public String next(int timeoutMs) throws IOException {
            socket.setSoTimeout(timeoutMs);
            ping();
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0f;
                long length = in.readUnsignedByte();
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = in.readLong();
                }
                byte[] payload = in.readNBytes((int) length);
                if (payload.length < length || opcode == 8) {
                    throw new EOFException("closed");
                }
                if (opcode == 1) {
                    return new String(payload, StandardCharsets.UTF_8);
                }
            }
        }

        @Override
        public Socket socket() {
            return socket;
        }
    }
}
