package dev.rowcast.bench.subscribers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DecoderTest {

    private static final String LONG = "{\"a\":\"" + "y".repeat(70_000) + "\"}";

    /// Writes down what it is told.
    private static final class Noted implements Messages {
        final List<String> all = new ArrayList<>();

        @Override
        public void message(ByteBuf bytes, int from, int to) {
            all.add(bytes.toString(from, to - from, UTF_8));
        }

        @Override
        public void ping(ByteBuf bytes, int from, int to) {
            all.add("ping " + bytes.toString(from, to - from, UTF_8));
        }

        @Override
        public void ended(int code) {
            all.add("ended " + code);
        }
    }

    private static ByteBuf eventStream() {
        String first = "retry: 3000\n\nevent: A\nid: 1\ndata: {\"a\":1}\n\n: hb\n\n";
        String second = "event: B\ndata: " + LONG + "\n\nevent: C\ndata: {\"c\":3}\n\n";
        return Unpooled.copiedBuffer(
                chunk(first.substring(0, 30)) + chunk(first.substring(30)) + chunk(second) + "0\r\n\r\n", UTF_8);
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static ByteBuf frames() {
        return Unpooled.buffer()
                .writeBytes(frame(0x81, "{\"a\":1}"))
                .writeBytes(frame(0x89, ""))
                .writeBytes(frame(0x81, LONG))
                .writeBytes(frame(0x81, "z".repeat(300)))
                .writeBytes(frame(0x89, "p"))
                .writeBytes(Unpooled.buffer().writeByte(0x88).writeByte(2).writeShort(4008));
    }

    private static ByteBuf frame(int head, String text) {
        ByteBuf out = Unpooled.buffer().writeByte(head);
        if (text.length() < 126) {
            out.writeByte(text.length());
        } else if (text.length() < 65_536) {
            out.writeByte(126).writeShort(text.length());
        } else {
            out.writeByte(127).writeLong(text.length());
        }
        return out.writeBytes(text.getBytes(UTF_8));
    }

    private static List<String> readInPieces(Decoder decoder, ByteBuf all, Random random) {
        Noted noted = new Noted();
        while (all.isReadable()) {
            int size = Math.min(all.readableBytes(), 1 + random.nextInt(random.nextBoolean() ? 4 : 40_000));
            decoder.read(all.readSlice(size), noted);
        }
        decoder.close();
        return noted.all;
    }

    @Test
    @DisplayName("Events are read wherever the network and the chunks cut them")
    void eventsAreReadWhereverTheyAreCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            assertThat(readInPieces(new EventStreamDecoder(true), eventStream(), random))
                    .as("seed %d", seed)
                    .containsExactly("{\"a\":1}", LONG, "{\"c\":3}", "ended 0");
        }
    }

    @Test
    @DisplayName("Frames are read wherever the network cuts them, with pings and the close code")
    void framesAreReadWhereverTheyAreCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            assertThat(readInPieces(new WebSocketDecoder(), frames(), random))
                    .as("seed %d", seed)
                    .containsExactly("{\"a\":1}", "ping ", LONG, "z".repeat(300), "ping p", "ended 4008");
        }
    }

    @Test
    @DisplayName("An event stream without chunks is read as it is")
    void aStreamWithoutChunksIsRead() {
        ByteBuf all = Unpooled.copiedBuffer("event: A\r\ndata:{\"a\":1}\r\n\r\ndata: {\"b\":2}\n\n", UTF_8);

        assertThat(readInPieces(new EventStreamDecoder(false), all, new Random(1)))
                .containsExactly("{\"a\":1}", "{\"b\":2}");
    }

    @Test
    @DisplayName("What cannot be of the transport is refused")
    void nonsenseIsRefused() {
        ByteBuf text = Unpooled.copiedBuffer("nonsense", UTF_8);
        ByteBuf masked = Unpooled.buffer().writeByte(0x81).writeByte(0x81);

        assertThatIllegalStateException().isThrownBy(() -> new EventStreamDecoder(true).read(text, new Noted()));
        assertThatIllegalStateException()
                .isThrownBy(() -> new WebSocketDecoder().read(masked, new Noted()))
                .withMessageContaining("masked");
    }

    @Test
    @DisplayName("A mark is read back from the middle of a message, and there is none where there is none")
    void aMarkIsReadBack() {
        ByteBuf marked = Unpooled.copiedBuffer("{\"x\":\"" + Mark.text(12, 345, 6_789, 64) + "\"}", UTF_8);
        ByteBuf plain = Unpooled.copiedBuffer("{\"x\":\"# no mark\"}", UTF_8);
        List<Long> seen = new ArrayList<>();

        assertThat(Mark.read(
                        marked,
                        0,
                        marked.writerIndex(),
                        (channel, number, due) -> seen.addAll(List.of((long) channel, number, due))))
                .isTrue();
        assertThat(seen).containsExactly(12L, 345L, 6_789L);
        assertThat(marked.writerIndex()).isEqualTo(64 + 8);
        assertThat(Mark.read(plain, 0, plain.writerIndex(), (channel, number, due) -> {}))
                .isFalse();
    }
}
