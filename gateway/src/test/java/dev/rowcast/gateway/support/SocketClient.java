package dev.rowcast.gateway.support;

import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ProtocolLimits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A WebSocket client that shows every text it got and how it ended.
public final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ProtocolCodec CODEC = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    private SocketClient(int port, String path, String... headers) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().subprotocols(ProtocolCodec.NAME);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        this.socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + path), this)
                .join();
    }

    /// @param path with its query
    /// @param headers names and values
    public static SocketClient open(int port, String path, String... headers) {
        return new SocketClient(port, path, headers);
    }

    public String subprotocol() {
        return socket.getSubprotocol();
    }

    public SocketClient send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    public SocketClient sendBinary(byte[] bytes) {
        socket.sendBinary(java.nio.ByteBuffer.wrap(bytes), true).join();
        return this;
    }

    /// The next message of this type as text; others before it are dropped. That others come does not make it wait
    /// longer.
    public String next(String type) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (true) {
            String text = next(deadline);
            if (Frames.type(text).equals(type)) {
                return text;
            }
        }
    }

    public Envelope nextMessage(String type) {
        String text = next(type);
        if (CODEC.decodeServer(text) instanceof Decoded.Ok<Envelope>(Envelope envelope)) {
            return envelope;
        }
        throw new AssertionError("not of the protocol: " + text);
    }

    public String next() {
        return next(System.nanoTime() + WITHIN.toNanos());
    }

    private String next(long deadlineNanos) {
        try {
            String text = texts.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (text == null) {
                throw new AssertionError("it did not come within " + WITHIN);
            }
            return text;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// What came so far and was not taken yet.
    public List<String> drain() {
        List<String> taken = new ArrayList<>();
        texts.drainTo(taken);
        return taken;
    }

    /// Messages of these types that came so far.
    public long count(String type) {
        return texts.stream().filter(text -> Frames.type(text).equals(type)).count();
    }

    /// The close code.
    public int closeCode() {
        return closed.orTimeout(10, TimeUnit.SECONDS).join();
    }

    public boolean isClosed() {
        return closed.isDone();
    }

    public void abort() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            texts.add(partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
