package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The vectors that every implementation reads.
@DisplayName("RX-11 to RX-20, RX-38: the protocol's vectors")
class VectorTest {
    private final ProtocolCodec codec = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    static List<Vector> client() {
        return Vector.in("client");
    }

    static List<Vector> server() {
        return Vector.in("server");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("client")
    void aClientMessageIsReadAsItsVectorSays(Vector vector) {
        Decoded<ClientMessage> decoded = codec.decode(vector.bytes());

        switch (decoded) {
            case Decoded.Ok<ClientMessage> ok -> assertBecomes(vector, codec.encode(ok.message()));
            case Decoded.Failed<ClientMessage> failed -> assertFails(vector, failed);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("server")
    void aServerMessageIsReadAsItsVectorSays(Vector vector) {
        Decoded<Envelope> decoded = codec.decodeServer(vector.bytes());

        switch (decoded) {
            case Decoded.Ok<Envelope> ok -> assertBecomes(vector, codec.encode(ok.message()));
            case Decoded.Failed<Envelope> failed -> assertFails(vector, failed);
        }
    }

    @Test
    void everyMessageTypeHasTheFiveKindsOfVectors() {
        Set<String> names = Stream.concat(client().stream(), server().stream())
                .map(vector -> vector.file() + " " + vector.name().replaceAll(":.*", ""))
                .collect(Collectors.toSet());

        List<String> files = Stream.concat(
                        Arrays.stream(ClientMessage.class.getPermittedSubclasses())
                                .map(type -> "client/" + file(type)),
                        Arrays.stream(ServerMessage.class.getPermittedSubclasses())
                                .map(type -> "server/" + file(type)))
                .toList();
        assertThat(files)
                .allSatisfy(file -> assertThat(names)
                        .contains(
                                file + " minimal",
                                file + " full",
                                file + " unknown member",
                                file + " wrong type",
                                file + " too long"));
    }

    private static String file(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT) + ".json";
    }

    private static void assertBecomes(Vector vector, String encoded) {
        assertThat(vector.expected()).isEqualTo(new Vector.Becomes(encoded));
    }

    private static void assertFails(Vector vector, Decoded.Failed<?> failed) {
        assertThat(vector.expected()).as(failed.message()).isInstanceOfSatisfying(Vector.Fails.class, expected -> {
            assertThat(failed.code()).isEqualTo(expected.code());
            assertThat(failed.message()).contains(expected.naming());
            assertThat(failed.id()).isEqualTo(expected.id());
        });
    }
}
