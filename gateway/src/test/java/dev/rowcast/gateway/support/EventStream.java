package dev.rowcast.gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client of an event stream that shows the very bytes: one socket, HTTP by hand.
public final class EventStream implements AutoCloseable {

    /// One event as it was on the wire.
    public record Event(String type, String id, String data, String text) {}

    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final Event END = new Event("END", "", "", "");

    private final Socket socket;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final String head;
    private final CountDownLatch reading;
    private volatile boolean orderly;

    private EventStream(Socket socket, CountDownLatch reading) throws IOException {
        this.reading = reading;
        this.socket = socket;
        InputStream in = socket.getInputStream();
        this.head = head(in);
        boolean chunked = head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked");
        Thread.ofVirtual().start(() -> read(in, chunked));
    }

    /// @param path with its query
    /// @param headers each ends with CRLF
    public static EventStream open(int port, String path, String headers) {
        return send(port, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers + "\r\n");
    }

    public static EventStream send(int port, String request) {
        try {
            Socket socket = new Socket("127.0.0.1", port);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new EventStream(socket, new CountDownLatch(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A client with a small buffer that reads nothing but the head until [#resume()].
    public static EventStream stalled(int port, String path, String headers) {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new EventStream(socket, new CountDownLatch(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads from now on.
    public void resume() {
        reading.countDown();
    }

    public String head() {
        return head;
    }

    public int status() {
        return Integer.parseInt(head.split(" ")[1]);
    }

    /// What a client of an event stream has no reason to send.
    public void write(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next event of this type; others before it are dropped. That others come does not make it wait longer.
    public Event next(String type) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (true) {
            Event event = next(deadline);
            if (event.type().equals(type)) {
                return event;
            }
            if (event.equals(END)) {
                throw new AssertionError("the stream ended before " + type);
            }
        }
    }

    /// The next event, `END` at the end.
    public Event next() {
        return next(System.nanoTime() + WITHIN.toNanos());
    }

    private Event next(long deadlineNanos) {
        try {
            Event event = events.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new AssertionError("it did not come within " + WITHIN);
            }
            return event;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Whether the body ended as HTTP wants it.
    public boolean endedInOrder() {
        Event event = next();
        while (!event.equals(END)) {
            event = next();
        }
        return orderly;
    }

    /// Resets the connection, as a crash does.
    public void abort() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no response: " + head);
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private void read(InputStream in, boolean chunked) {
        ByteArrayOutputStream pending = new ByteArrayOutputStream();
        try {
            reading.await();
            if (!chunked) {
                for (int c = in.read(); c >= 0; c = in.read()) {
                    pending.write(c);
                    emit(pending);
                }
                orderly = true;
                return;
            }
            while (true) {
                int size = Integer.parseInt(line(in), 16);
                pending.write(in.readNBytes(size));
                line(in);
                if (size == 0) {
                    orderly = true;
                    return;
                }
                emit(pending);
            }
        } catch (IOException | NumberFormatException | InterruptedException e) {
            orderly = false;
        } finally {
            events.add(END);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the stream was cut");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void emit(ByteArrayOutputStream pending) {
        String text = pending.toString(StandardCharsets.UTF_8);
        int end = text.lastIndexOf("\n\n");
        if (end < 0) {
            return;
        }
        pending.reset();
        byte[] rest = text.substring(end + 2).getBytes(StandardCharsets.UTF_8);
        pending.write(rest, 0, rest.length);
        for (String block : text.substring(0, end).split("\n\n")) {
            events.add(event(block));
        }
    }

    private static Event event(String block) {
        String type = "";
        String id = "";
        String data = "";
        for (String line : block.split("\n")) {
            int colon = line.indexOf(": ");
            String value = colon < 0 ? "" : line.substring(colon + 2);
            switch (line.substring(0, Math.max(0, colon))) {
                case "event" -> type = value;
                case "id" -> id = value;
                case "data" -> data = value;
                case "retry" -> type = "retry";
                default -> type = type.isEmpty() ? "comment" : type;
            }
        }
        return new Event(type, id, data, block);
    }
}
