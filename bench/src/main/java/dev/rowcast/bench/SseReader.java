package dev.rowcast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;

/// One browser's worth of reading: an SSE stream on a plain socket, so that nothing but the gateway is measured.
final class SseReader implements AutoCloseable {

    private final Socket socket;
    private final CountDownLatch subscribed = new CountDownLatch(1);
    private final Thread thread;

    /// @param read is told each title of a change and the nanosecond at which its line was there
    SseReader(URI gateway, String query, String apiKey, ObjLongConsumer<String> read) throws IOException {
        this.socket = new Socket(gateway.getHost(), gateway.getPort());
        socket.setTcpNoDelay(true);
        String request = "GET /v1/events?%s HTTP/1.1\r\nHost: %s\r\napikey: %s\r\n\r\n"
                .formatted(query, gateway.getAuthority(), apiKey);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        this.thread = Thread.ofPlatform().name("bench-client").start(() -> readAll(read));
    }

    void awaitSubscribed() throws InterruptedException {
        if (!subscribed.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no SUBSCRIBED within 20 s");
        }
    }

    private void readAll(ObjLongConsumer<String> read) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long now = System.nanoTime();
                if (line.startsWith("event: SUBSCRIBED")) {
                    subscribed.countDown();
                } else if (line.startsWith("data:")) {
                    Writers.titleIn(line).ifPresent(title -> read.accept(title, now));
                }
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException("the stream broke", e);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.close();
        thread.join();
    }
}
