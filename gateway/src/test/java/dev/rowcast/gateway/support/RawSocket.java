package dev.rowcast.gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A socket that sends what no decent client does.
public final class RawSocket implements AutoCloseable {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");

    /// For the first byte, however busy the machine is.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;

    public RawSocket(int port) {
        this(port, 64 << 10);
    }

    /// @param buffer bytes that the kernel takes in, about, while nobody hears
    public RawSocket(int port, int buffer) {
        try {
            socket = new Socket();
            socket.setReceiveBufferSize(buffer);
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The first lines of a WebSocket handshake, without the empty one at the end.
    public static String handshake(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    }

    /// A text message of less than 126 bytes in one frame, with the mask 0.
    public static byte[] text(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    /// Sends a request on a socket of its own, and hears what comes until nothing does for so long.
    public static Heard exchange(int port, String request, Duration silence) {
        try (RawSocket socket = new RawSocket(port)) {
            socket.send(request);
            return socket.hear(silence);
        }
    }

    /// Sends text as ISO-8859-1.
    ///
    /// @return whether the other side still took it
    public boolean send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Hears so many bytes.
    public void take(int bytes) {
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            int taken = socket.getInputStream().readNBytes(bytes).length;
            if (taken < bytes) {
                throw new AssertionError("closed after %d of %d bytes".formatted(taken, bytes));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything until the other side closes, or says nothing for so long after it has said something.
    public Heard hear(Duration silence) {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 << 10];
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                heard.write(buffer, 0, n);
                socket.setSoTimeout((int) silence.toMillis());
            }
            return new Heard(heard.toByteArray(), true);
        } catch (SocketTimeoutException e) {
            return new Heard(heard.toByteArray(), false);
        } catch (IOException e) {
            return new Heard(heard.toByteArray(), true);
        }
    }

    /// @param closed whether the other side closed the connection
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Heard(byte[] bytes, boolean closed) {
        public String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /// The statuses of all responses in it.
        public List<Integer> statuses() {
            List<Integer> found = new ArrayList<>();
            Matcher matcher = STATUS.matcher(text());
            while (matcher.find()) {
                found.add(Integer.valueOf(matcher.group(1)));
            }
            return found;
        }

        /// A header's values in the first response, one after the other.
        public String header(String name) {
            List<String> values = new ArrayList<>();
            for (String line : text().split("\r\n\r\n", 2)[0].split("\r\n")) {
                if (line.regionMatches(true, 0, name + ": ", 0, name.length() + 2)) {
                    values.add(line.substring(name.length() + 2));
                }
            }
            return String.join(", ", values);
        }

        public int status() {
            return statuses().getFirst();
        }

        /// The code of the WebSocket close frame that ends it; 0 without one.
        public int closeCode() {
            int at = bytes.length - 1;
            while (at >= 0 && !(bytes[at] == (byte) 0x88 && at + 3 < bytes.length)) {
                at--;
            }
            return at < 0 ? 0 : (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
