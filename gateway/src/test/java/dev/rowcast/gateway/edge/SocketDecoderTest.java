package dev.rowcast.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.channel.CloseCause.Broken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What clients may send over a WebSocket, and what ends the connection.
class SocketDecoderTest {

    private static final int LONGEST = 64 << 10;

    /// Says in words what came.
    private static final class Heard implements SocketDecoder.Listener {
        final List<String> all = new ArrayList<>();

        @Override
        public void text(byte[] utf8) {
            all.add("text " + new String(utf8, StandardCharsets.UTF_8));
        }

        @Override
        public void ping(byte[] payload) {
            all.add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public void pong() {
            all.add("pong");
        }

        @Override
        public void closed() {
            all.add("closed");
        }

        @Override
        public void broken(Broken how) {
            all.add(how.code() + " " + how.label());
        }
    }

    private final Heard heard = new Heard();
    private final SocketDecoder decoder = new SocketDecoder(LONGEST, heard);

    private void read(byte[] bytes) {
        decoder.read(Unpooled.wrappedBuffer(bytes));
    }

    /// One frame with a mask of zeros, which leaves the payload as it is.
    private static byte[] frame(int first, byte[] payload) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(first);
        if (payload.length < 126) {
            out.writeByte(0x80 | payload.length);
        } else if (payload.length <= 0xFFFF) {
            out.writeByte(0x80 | 126).writeShort(payload.length);
        } else {
            out.writeByte(0x80 | 127).writeLong(payload.length);
        }
        out.writeInt(0).writeBytes(payload);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static byte[] frame(int first, String text) {
        return frame(first, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    @DisplayName("T14 T28: whatever pieces the bytes come in, what came is what Netty's own encoder sent")
    void whatCameIsWhatWasSent() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int run = 0; run < 300; run++) {
            List<String> expected = new ArrayList<>();
            EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
            ByteBuf wire = Unpooled.buffer();
            Heard told = new Heard();
            SocketDecoder fresh = new SocketDecoder(LONGEST, told);
            for (WebSocketFrame each : conversation(random, expected)) {
                encoder.writeOutbound(each);
                for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
                    wire.writeBytes(part);
                    part.release();
                }
            }
            while (wire.isReadable()) {
                int size = random.nextInt(3) == 0 ? 1 : random.nextInt(1, 5_000);
                fresh.read(wire.readSlice(Math.min(size, wire.readableBytes())));
            }
            wire.release();
            encoder.finishAndReleaseAll();
            assertThat(told.all).isEqualTo(expected);
        }
    }

    private static List<WebSocketFrame> conversation(SplittableRandom random, List<String> expected) {
        List<WebSocketFrame> frames = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> ping(random, frames, expected);
                case 1 -> {
                    frames.add(new PongWebSocketFrame(Unpooled.wrappedBuffer(new byte[random.nextInt(126)])));
                    expected.add("pong");
                }
                default -> text(random, frames, expected);
            }
        }
        if (random.nextBoolean()) {
            frames.add(random.nextBoolean() ? new CloseWebSocketFrame() : new CloseWebSocketFrame(1000, "bye ü"));
            expected.add("closed");
        }
        return frames;
    }

    private static void ping(SplittableRandom random, List<WebSocketFrame> frames, List<String> expected) {
        byte[] payload = new byte[random.nextInt(126)];
        random.nextBytes(payload);
        frames.add(new PingWebSocketFrame(Unpooled.wrappedBuffer(payload)));
        expected.add("ping " + HexFormat.of().formatHex(payload));
    }

    /// In fragments that cut characters too, with control frames in between.
    private static void text(SplittableRandom random, List<WebSocketFrame> frames, List<String> expected) {
        int[] sizes = {0, 1, 125, 126, 127, 300, 20_000};
        String text = random.ints(sizes[random.nextInt(sizes.length)], 1, 0x11_0000)
                .filter(point -> point < 0xD800 || point > 0xDFFF)
                .limit(15_000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        boolean first = true;
        boolean last = false;
        while (!last) {
            int size = random.nextBoolean() ? bytes.length - at : random.nextInt(bytes.length - at + 1);
            last = at + size == bytes.length;
            ByteBuf part = Unpooled.wrappedBuffer(bytes, at, size);
            frames.add(first ? new TextWebSocketFrame(last, 0, part) : new ContinuationWebSocketFrame(last, 0, part));
            first = false;
            at += size;
            if (!last && random.nextInt(3) == 0) {
                ping(random, frames, expected);
            }
        }
        expected.add("text " + text);
    }

    @Test
    void whatRfc6455ForbidsEndsTheConnectionWithItsCode() {
        Map<String, String> cases = Map.ofEntries(
                Map.entry("not masked: 81 01 61", "1002 bad_framing"),
                Map.entry("a reserved bit: C1 81 00000000 61", "1002 bad_framing"),
                Map.entry("a second one: A1 81 00000000 61", "1002 bad_framing"),
                Map.entry("an unknown opcode: 83 80 00000000", "1002 bad_framing"),
                Map.entry("an unknown control: 8B 80 00000000", "1002 bad_framing"),
                Map.entry("a control frame in parts: 09 80 00000000", "1002 bad_framing"),
                Map.entry("a control frame of 126: 89 FE 007E 00000000", "1002 bad_framing"),
                Map.entry("a continuation of nothing: 80 80 00000000", "1002 bad_framing"),
                Map.entry("a text inside of another: 01 80 00000000 81 80 00000000", "1002 bad_framing"),
                Map.entry("a length that is not the shortest: 81 FE 0001 00000000 61", "1002 bad_framing"),
                Map.entry("a long one that is not: 81 FF 000000000000FFFF 00000000", "1002 bad_framing"),
                Map.entry("a negative length: 81 FF FFFFFFFFFFFFFFFF 00000000", "1002 bad_framing"),
                Map.entry("a close with half a code: 88 81 00000000 03", "1002 bad_framing"),
                Map.entry("a close with a code of nobody's: 88 82 00000000 03EE", "1002 bad_framing"),
                Map.entry("a close with half a character: 88 83 00000000 03E8 C3", "1007 not_utf8"),
                Map.entry("binary: 82 81 00000000 00", "1003 not_text"),
                Map.entry("half a character: 81 81 00000000 C3", "1007 not_utf8"),
                Map.entry("longer than necessary: 81 82 00000000 C0AF", "1007 not_utf8"),
                Map.entry("a surrogate: 81 83 00000000 EDA080", "1007 not_utf8"),
                Map.entry("beyond Unicode: 81 84 00000000 F4908080", "1007 not_utf8"),
                Map.entry("over the limit: 81 FF 0000000000010001 00000000", "1009 too_long"));
        cases.forEach((text, expected) -> {
            Heard told = new Heard();
            SocketDecoder fresh = new SocketDecoder(LONGEST, told);
            byte[] bytes = hex(text.substring(text.indexOf(": ") + 2));

            fresh.read(Unpooled.wrappedBuffer(bytes));
            fresh.read(Unpooled.wrappedBuffer(frame(0x81, "more")));

            assertThat(told.all).as(text).containsExactly(expected);
        });
    }

    @Test
    void theLimitIsOfTheWholeMessage() {
        byte[] half = new byte[LONGEST / 2];
        read(frame(0x01, half));
        read(frame(0x80, half));
        assertThat(heard.all).singleElement().satisfies(text -> assertThat(text).hasSize(5 + LONGEST));

        read(frame(0x01, half));
        read(frame(0x00, half));
        read(frame(0x80, new byte[1]));

        assertThat(heard.all).hasSize(2).endsWith("1009 too_long");
    }

    @Test
    @DisplayName("T14: a million tiny fragments end the connection early")
    void aMillionTinyFragmentsEndTheConnectionEarly() {
        read(frame(0x01, ""));
        int sent = 1;
        while (sent < 1_000_000 && heard.all.isEmpty()) {
            read(frame(0x00, sent % 2 == 0 ? "" : "a"));
            sent++;
        }

        assertThat(sent).isEqualTo(SocketDecoder.MOST_FRAGMENTS + 1);
        assertThat(heard.all).containsExactly("1009 too_many_fragments");
    }

    @Test
    void whatIsAnnouncedAndDoesNotComeTakesNoMemory() {
        List<SocketDecoder> many = new ArrayList<>();
        long before = used();
        for (int i = 0; i < 10_000; i++) {
            SocketDecoder each = new SocketDecoder(LONGEST, heard);
            each.read(Unpooled.wrappedBuffer(hex("81 FE FFFF 00000000 61")));
            many.add(each);
        }

        assertThat(used() - before).as("of 10,000 that announced 64 KiB").isLessThan(10_000L * 1_024);
        assertThat(many).hasSize(10_000);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void utf8IsWhatJavasStrictDecoderTakes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int[] likely = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF};
        for (int run = 0; run < 200_000; run++) {
            byte[] bytes = new byte[random.nextInt(6)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte)
                        (random.nextInt(4) == 0 ? 0xF0 + random.nextInt(16) : likely[random.nextInt(likely.length)]);
            }
            assertThat(Utf8.isValid(bytes, 0))
                    .as(HexFormat.of().formatHex(bytes))
                    .isEqualTo(isValid(bytes));
        }
    }

    private static boolean isValid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
