package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Frames that no decent client sends, over a real socket.
class FrameTest extends OnStage {

    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final int LONGEST = 64 << 10;
    private static final int TEXT = 0x1;
    private static final int CONTINUED = 0x0;
    private static final int PING = 0x9;
    private static final int FIN = 0x80;

    /// A frame with the mask 0, so that what is sent can be read.
    private static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        if (payload.length < 126) {
            bytes.write(0x80 | payload.length);
        } else if (payload.length <= 0xffff) {
            bytes.write(0x80 | 126);
            bytes.write(payload.length >> 8);
            bytes.write(payload.length);
        } else {
            bytes.write(0x80 | 127);
            bytes.write(0);
            bytes.write(0);
            bytes.write(0);
            bytes.write(0);
            bytes.write(payload.length >> 24);
            bytes.write(payload.length >> 16);
            bytes.write(payload.length >> 8);
            bytes.write(payload.length);
        }
        bytes.writeBytes(new byte[4]);
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Heard after(byte[]... frames) {
        return after(SILENCE, frames);
    }

    private static Heard after(Duration silence, byte[]... frames) {
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            socket.send(RawSocket.handshake("/v1/socket?apikey=pk_demo") + "\r\n");
            for (byte[] frame : frames) {
                if (!socket.send(frame)) {
                    break;
                }
            }
            return socket.hear(silence);
        }
    }

    @Test
    @DisplayName("T14: a message of 64 KiB is taken, one byte more closes with 1009")
    void oneByteTooMany() {
        String ping = "{\"type\":\"PING\"}";
        byte[] longest = bytes(ping + " ".repeat(LONGEST - ping.length()));
        assertThat(after(frame(FIN | TEXT, longest)).text()).contains("PONG");
        Heard heard = after(frame(FIN | TEXT, bytes(ping + " ".repeat(LONGEST + 1 - ping.length()))));
        assertThat(heard.closeCode()).isEqualTo(1009);
        assertThat(heard.closed()).isTrue();
    }

    @Test
    @DisplayName("T14: a hundred thousand tiny fragments close with 1009 and hold no memory")
    void manyFragments() {
        byte[] one = frame(CONTINUED, new byte[] {' '});
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        many.writeBytes(frame(TEXT, new byte[] {' '}));
        for (int i = 0; i < 100_000; i++) {
            many.writeBytes(one);
        }
        byte[] all = many.toByteArray();
        after(Duration.ofSeconds(10), all);
        long before = usedHeap();
        for (int i = 0; i < 5; i++) {
            Heard heard = after(Duration.ofSeconds(10), all);
            assertThat(heard.closed()).isTrue();
        }
        assertThat(usedHeap() - before).isLessThan(32L << 20);
    }

    @SuppressWarnings("SystemGc") // what is left is what was kept
    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    @DisplayName("T14: JSON ten thousand deep is an ERROR, and the connection stays")
    void deepJson() {
        String deep = "{\"type\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        Heard heard = after(frame(FIN | TEXT, bytes(deep)), frame(FIN | TEXT, bytes("{\"type\":\"PING\"}")));
        assertThat(heard.text()).contains("ERROR").contains("PONG");
        assertThat(heard.closed()).isFalse();
    }

    @Test
    @DisplayName("RFC 6455: what breaks the framing closes with 1002, what is no UTF-8 is answered or closes with 1007")
    void brokenFrames() {
        byte[] unmasked = {(byte) (FIN | TEXT), 2, '{', '}'};
        assertThat(after(unmasked).closeCode()).isEqualTo(1002);
        assertThat(after(frame(FIN | 0x40 | TEXT, bytes("{}"))).closeCode()).isEqualTo(1002);
        assertThat(after(frame(FIN | 0x3, bytes("{}"))).closeCode()).isEqualTo(1002);
        assertThat(after(frame(FIN | CONTINUED, bytes("{}"))).closeCode()).isEqualTo(1002);
        assertThat(after(frame(PING, bytes("x"))).closeCode()).isEqualTo(1002);
        assertThat(after(frame(FIN | PING, new byte[126])).closeCode()).isEqualTo(1002);
        Heard bad = after(frame(FIN | TEXT, new byte[] {'{', (byte) 0xc3, (byte) 0x28, '}'}));
        assertThat(bad.closeCode() == 1007 || bad.text().contains("NOT_JSON")).isTrue();
    }

    @Test
    @DisplayName("T15: compression is not negotiated")
    void noCompression() {
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            socket.send(RawSocket.handshake("/v1/socket?apikey=pk_demo")
                    + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
            Heard heard = socket.hear(SILENCE);
            assertThat(heard.status()).isEqualTo(101);
            assertThat(heard.header("Sec-WebSocket-Extensions")).isEmpty();
        }
    }
}
