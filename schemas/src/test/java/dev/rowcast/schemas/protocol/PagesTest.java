package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RX-19, RX-38: the reference pages say what the code does")
class PagesTest {
    private static final Path REFERENCE = Path.of("..", "docs", "reference");
    private static final Pattern SAMPLE = Pattern.compile("```json\n(.*?)\n```", Pattern.DOTALL);

    private final ProtocolCodec codec = new ProtocolCodec(ProtocolLimits.DEFAULTS);

    @Test
    void theErrorsPageListsEveryCodeAsItIs() throws IOException {
        assertThat(rows("errors.md", "| `"))
                .isEqualTo(Arrays.stream(ErrorCode.values()).map(PagesTest::row).toList());
    }

    @Test
    void theErrorsPageSaysWhoEveryFaultIs() throws IOException {
        List<String> named = Arrays.stream(ErrorCode.Fault.values())
                .map(fault -> fault.name().toLowerCase(Locale.ROOT))
                .toList();
        assertThat(read("errors.md").lines())
                .filteredOn(line -> named.stream().anyMatch(fault -> line.startsWith("| " + fault + " |")))
                .hasSameSizeAs(named);
    }

    @Test
    @DisplayName("SI-28: whoever is told to try again is told by a status that says so, and who cannot is not")
    void whatPassesHasAStatusThatPasses() {
        assertThat(ErrorCode.values()).allSatisfy(code -> {
            if (code.httpStatus().isPresent()) {
                int status = code.httpStatus().getAsInt();
                boolean passes = status == 429 || status >= 500 && code.fault() != ErrorCode.Fault.OPERATOR;
                assertThat(code.retryable()).as(code.name()).isEqualTo(passes);
            }
            code.closeCode()
                    .filter(close -> code.retryable())
                    .ifPresent(close ->
                            assertThat(close.reconnect()).as(code.name()).isTrue());
            assertThat(code.meaning()).as(code.name()).endsWith(".");
            assertThat(code.remedy()).as(code.name()).endsWith(".");
        });
    }

    @Test
    void theErrorsPageListsEveryCloseCodeAsItIs() throws IOException {
        assertThat(rows("errors.md", "| 4"))
                .isEqualTo(Arrays.stream(CloseCode.values()).map(PagesTest::row).toList());
    }

    @Test
    void everySampleOfTheProtocolPageIsAMessageAndEveryMessageHasASample() throws IOException {
        Set<String> types = new TreeSet<>();
        List<String> samples = SAMPLE.matcher(read("protocol.md"))
                .results()
                .map(match -> match.group(1))
                .toList();

        for (String sample : samples) {
            types.add(type(sample));
        }

        assertThat(types)
                .containsExactlyInAnyOrderElementsOf(Stream.of(ClientMessage.class, ServerMessage.class)
                        .flatMap(messages -> Arrays.stream(messages.getPermittedSubclasses()))
                        .map(PagesTest::wireName)
                        .distinct()
                        .toList());
    }

    private String type(String sample) {
        return switch (codec.decode(sample)) {
            case Decoded.Ok<ClientMessage> ok -> ok.message().type();
            case Decoded.Failed<ClientMessage> notFromAClient ->
                switch (codec.decodeServer(sample)) {
                    case Decoded.Ok<Envelope> ok -> ok.message().message().type();
                    case Decoded.Failed<Envelope> failed ->
                        throw new AssertionError(sample + "\n" + notFromAClient.message() + "\n" + failed.message());
                };
        };
    }

    private static String wireName(Class<?> message) {
        return message.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    private static String row(ErrorCode code) {
        return "| `%s` | %s | %s | %s | %s | %s | %s |"
                .formatted(
                        code.name(),
                        code.fault().name().toLowerCase(Locale.ROOT),
                        code.retryable() ? "yes" : "no",
                        code.httpStatus().isPresent() ? code.httpStatus().getAsInt() : "–",
                        code.closeCode()
                                .map(CloseCode::code)
                                .map(String::valueOf)
                                .orElse("–"),
                        code.meaning(),
                        code.remedy());
    }

    private static String row(CloseCode code) {
        return "| %d | `%s` | %s | %s |"
                .formatted(code.code(), code.name(), code.reconnect() ? "yes" : "no", code.meaning());
    }

    private static List<String> rows(String page, String start) throws IOException {
        return read(page).lines().filter(line -> line.startsWith(start)).toList();
    }

    private static String read(String page) throws IOException {
        return Files.readString(REFERENCE.resolve(page));
    }
}
