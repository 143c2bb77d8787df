package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProtocolCodecTest {
    private final ProtocolCodec codec = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    @Provide
    Arbitrary<ClientMessage> clientMessages() {
        return Messages.clientMessages();
    }

    @Provide
    Arbitrary<Envelope> envelopes() {
        return Messages.envelopes();
    }

    @Property(tries = 300)
    void whatAClientEncodesTheGatewayDecodesToTheSame(@ForAll("clientMessages") ClientMessage message) {
        String json = codec.encode(message);

        assertThat(codec.decode(json)).as(json).isEqualTo(new Decoded.Ok<>(message));
        assertThat(codec.decode(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(new Decoded.Ok<>(message));
    }

    @Property(tries = 300)
    void whatAGatewayEncodesAClientDecodesToTheSame(@ForAll("envelopes") Envelope envelope) {
        String json = codec.encode(envelope);

        assertThat(codec.decodeServer(json)).as(json).isEqualTo(new Decoded.Ok<>(envelope));
    }

    @Property(tries = 300)
    void aFrameIsOneLineWithItsTypeFirstAndItsCursorLast(@ForAll("envelopes") Envelope envelope) {
        Envelope without =
                new Envelope(envelope.message(), envelope.id(), envelope.tx(), envelope.xid(), Optional.empty());
        String json = codec.encode(without);

        assertThat(json).doesNotContain("\n", "\r");
        assertThat(Frames.type(json)).isEqualTo(envelope.message().type());
        assertThat(Frames.withCursor(json, "c-1")).isEqualTo(codec.encode(without.withCursor("c-1")));
        assertThat(Frames.cursor(json)).isEmpty();
        assertThat(Frames.cursor(Frames.withCursor(json, "c-1"))).contains("c-1");
    }

    @Property
    @Label("T14: random bytes are refused, never thrown at the caller")
    void randomBytesAreRefused(@ForAll byte[] bytes) {
        assertThat(codec.decode(bytes)).isInstanceOf(Decoded.Failed.class);
        assertThat(codec.decodeServer(bytes)).isInstanceOf(Decoded.Failed.class);
    }

    @Property
    @Label("T14: a damaged message is read within the limits or refused in a short one-line answer")
    void aDamagedMessageNeverThrowsNorExceedsALimit(
            @ForAll("clientMessages") ClientMessage message, @ForAll long seed) {
        byte[] bytes = damaged(codec.encode(message).getBytes(StandardCharsets.UTF_8), new Random(seed));

        switch (codec.decode(bytes)) {
            case Decoded.Ok<ClientMessage> ok ->
                assertThat(codec.decode(codec.encode(ok.message()))).isEqualTo(ok);
            case Decoded.Failed<ClientMessage> failed -> {
                assertThat(failed.message()).hasSizeLessThan(300).doesNotContain("\n", "\r");
                assertThat(failed.id().orElse("")).hasSizeLessThanOrEqualTo(64);
                assertThat(codec.decodeServer(codec.encode(failed.answer()))).isInstanceOf(Decoded.Ok.class);
            }
        }
    }

    @Property(tries = 300)
    void aDamagedServerMessageNeverThrows(@ForAll("envelopes") Envelope envelope, @ForAll long seed) {
        byte[] bytes = damaged(codec.encode(envelope).getBytes(StandardCharsets.UTF_8), new Random(seed));

        switch (codec.decodeServer(bytes)) {
            case Decoded.Ok<Envelope> ok ->
                assertThat(codec.encode(ok.message())).isNotEmpty();
            case Decoded.Failed<Envelope> failed -> assertThat(failed.message()).isNotEmpty();
        }
    }

    @Test
    void aCorrelationTextThatLooksLikeACursorIsNone() {
        String json = codec.encode(Envelope.answering(Optional.of("x\",\"cursor\":\"y"), new ServerMessage.Pong()));

        assertThat(Frames.cursor(json)).isEmpty();
    }

    @Test
    void aTokenIsNeverShown() {
        List<String> broken = List.of(
                "{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"secret secret\"}}",
                "{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":[\"secret\"]}}",
                "{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"secret\"",
                "{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + "secret".repeat(2000) + "\"}}");

        assertThat(broken)
                .allSatisfy(json -> assertThat(codec.decode(json).toString())
                        .contains("Failed")
                        .doesNotContain("secret"));
        assertThat(new ClientMessage.TokenRefresh(Optional.empty(), "secret").toString())
                .doesNotContain("secret");
    }

    @Test
    void aTighterGatewayRefusesWhatTheDefaultsAllow() {
        ProtocolLimits defaults = ProtocolLimits.DEFAULTS;
        ProtocolCodec tight = new ProtocolCodec(new ProtocolLimits(200, 4, 2, 8, 8, defaults.waitTimeout()));

        assertThat(code(tight, "{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"a:1\",\"a:2\",\"a:3\"]}}"))
                .isEqualTo(ErrorCode.TOO_MANY_IDS);
        assertThat(code(tight, "{\"type\":\"PING\",\"x\":\"" + "a".repeat(200) + "\"}"))
                .isEqualTo(ErrorCode.TOO_LONG);
        assertThat(code(tight, "{\"type\":\"PING\",\"x\":[[[[1]]]]}")).isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(code(tight, "{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"123456789\"}}"))
                .isEqualTo(ErrorCode.TOO_LONG);
    }

    @Test
    @DisplayName("T14: a number's exponent cannot break a reader")
    void anExponentBeyondAnyRangeIsRefusedOrIgnored() {
        String progress = "{\"type\":\"PROGRESS\",\"payload\":{\"lsn\":\"0/0\",\"lagMs\":%s}}";

        assertThat(List.of("1e999999999", "1e-999999999", "1e99999999999", "-1e-99999999999"))
                .allSatisfy(number -> assertThat(codec.decodeServer(progress.formatted(number)))
                        .isInstanceOf(Decoded.Failed.class));
    }

    @Test
    void columnsKeepTheirOrderAndTheirDigits() {
        String json = "{\"type\":\"CHANGE\",\"payload\":{\"table\":\"public.t\",\"eventType\":\"INSERT\","
                + "\"entityCode\":\"t\",\"entityId\":\"1\",\"version\":1,\"lsn\":\"0/1\","
                + "\"new\":{\"z\":1.10,\"a\":100000000000000000000.000,\"m\":\"x\"},\"old\":null,"
                + "\"timestamp\":\"2025-11-27T10:30:00.000Z\"}}";

        assertThat(codec.decodeServer(json))
                .isInstanceOfSatisfying(
                        Decoded.Ok.class,
                        ok -> assertThat(codec.encode((Envelope) ok.message())).isEqualTo(json));
    }

    private static ErrorCode code(ProtocolCodec codec, String json) {
        return switch (codec.decode(json)) {
            case Decoded.Ok<ClientMessage> ok -> throw new AssertionError("Was accepted: " + ok);
            case Decoded.Failed<ClientMessage> failed -> failed.code();
        };
    }

    /// Flips, cuts, doubles or repeats a few bytes.
    private static byte[] damaged(byte[] message, Random random) {
        byte[] bytes = message.clone();
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 1; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
                case 2 -> bytes[at] = "\"\\{}[]:,0-\u0000\n".getBytes(StandardCharsets.US_ASCII)[random.nextInt(12)];
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length * 2 - at);
                    System.arraycopy(bytes, at, longer, bytes.length, bytes.length - at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }
}
