package dev.rowcast.bench.subscribers;

/// How a client is connected.
public enum Transport {
    SSE("SSE"),
    WEBSOCKET("WebSocket");

    private final String title;

    Transport(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    Decoder decoder(boolean chunked) {
        return switch (this) {
            case SSE -> new EventStreamDecoder(chunked);
            case WEBSOCKET -> new WebSocketDecoder();
        };
    }
}
