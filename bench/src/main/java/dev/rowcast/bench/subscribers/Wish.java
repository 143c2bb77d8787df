package dev.rowcast.bench.subscribers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// A client as it should be.
///
/// @param credential the header line that lets it in
/// @param receiveBuffer of its socket in bytes; 0 leaves it to the kernel
/// @param stalls whether it stops to read once it is subscribed
/// @param marked whether messages have marks; otherwise they are only counted, with the times that they carry
public record Wish(
        Transport transport,
        String credential,
        List<Listening> channels,
        int receiveBuffer,
        boolean stalls,
        boolean marked) {

    private static final String UPGRADE = """
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: rowcast.v1.json\r
            """;

    /// One that reads.
    public static Wish of(Transport transport, String credential, List<Listening> channels) {
        return new Wish(transport, credential, channels, 0, false, true);
    }

    /// One that reads what others publish.
    public static Wish ofOthers(Transport transport, String credential, List<String> channels) {
        List<Listening> listening =
                channels.stream().map(name -> new Listening(0, name, 0)).toList();
        return new Wish(transport, credential, listening, 0, false, false);
    }

    /// @param bytes of the socket's receive buffer
    public Wish stalling(int bytes) {
        return new Wish(transport, credential, channels, bytes, true, true);
    }

    /// The handshake.
    String request(String host) {
        String path = switch (transport) {
            case SSE ->
                channels.stream()
                        .map(channel -> "channel=" + URLEncoder.encode(channel.name(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "/v1/events?", "&mode=rows"));
            case WEBSOCKET -> "/v1/socket";
        };
        String more = transport == Transport.WEBSOCKET ? UPGRADE : "Accept: text/event-stream\r\n";
        return "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n%s\r\n".formatted(path, host, credential, more);
    }

    /// What a WebSocket subscribes with.
    String subscribe() {
        return channels.stream()
                .map(channel -> '"' + channel.name() + '"')
                .collect(Collectors.joining(
                        ",",
                        "{\"type\":\"SUBSCRIBE\",\"id\":\"1\",\"payload\":{\"mode\":\"rows\",\"channels\":[",
                        "]}}"));
    }
}
