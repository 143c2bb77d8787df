package dev.rowcast.standalone.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;

/// Asks a Redis for its `INFO`, the one command that managed services leave to everybody.
final class RedisInfo {

    private static final int DEFAULT_PORT = 6379;
    private static final int TIMEOUT_MS = 5_000;
    private static final int MOST_BYTES = 1024 * 1024;

    private final URI url;

    RedisInfo(String url) {
        this.url = URI.create(url);
        if (this.url.getHost() == null) {
            throw new IllegalArgumentException("REDIS_URL is not of the form redis://user:password@host:6379");
        }
    }

    /// Host and port, without the login.
    String address() {
        return url.getHost() + ":" + port();
    }

    /// What it says of itself, such as `maxmemory_policy`.
    ///
    /// @throws IOException when it does not answer, refuses the login, or is no Redis
    Map<String, String> read() throws IOException {
        try (Socket socket = open()) {
            login(socket);
            send(socket, "INFO");
            Map<String, String> info = new HashMap<>();
            reply(socket.getInputStream()).lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    info.put(line.substring(0, colon), line.substring(colon + 1));
                }
            });
            return info;
        }
    }

    private Socket open() throws IOException {
        Socket plain = new Socket();
        try {
            plain.setSoTimeout(TIMEOUT_MS);
            plain.connect(new InetSocketAddress(url.getHost(), port()), TIMEOUT_MS);
            if (!"rediss".equals(url.getScheme())) {
                return plain;
            }
            return ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, url.getHost(), port(), true);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private void login(Socket socket) throws IOException {
        String userInfo = url.getRawUserInfo();
        if (userInfo == null) {
            return;
        }
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? "" : userInfo.substring(0, colon));
        String password = decoded(userInfo.substring(colon + 1));
        if (user.isEmpty()) {
            send(socket, "AUTH", password);
        } else {
            send(socket, "AUTH", user, password);
        }
        reply(socket.getInputStream());
    }

    private static void send(Socket socket, String... words) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            command.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            command.writeBytes(bytes);
            command.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        OutputStream out = socket.getOutputStream();
        out.write(command.toByteArray());
        out.flush();
    }

    private static String reply(InputStream in) throws IOException {
        String head = line(in);
        if (head.startsWith("-")) {
            throw new IOException(head.substring(1));
        }
        if (head.startsWith("+")) {
            return head.substring(1);
        }
        if (!head.matches("\\$\\d{1,7}") || Integer.parseInt(head.substring(1)) > MOST_BYTES) {
            throw new IOException("it does not speak as Redis does");
        }
        int length = Integer.parseInt(head.substring(1));
        byte[] body = in.readNBytes(length + 2);
        return new String(body, 0, Math.min(length, body.length), StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() > 1024) {
                throw new IOException("it does not speak as Redis does");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private int port() {
        return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
