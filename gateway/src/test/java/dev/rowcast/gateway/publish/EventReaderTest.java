package dev.rowcast.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.inbox.EventRules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {

    private static final EventReader READER = new EventReader(rules(), 3);

    @Test
    @DisplayName("metadata keeps its very text, wherever it stands and however long the body is")
    void metadataKeepsItsVeryText() throws BadBodyException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String metadata = "{\"a\":%s[1.50,1e3,{\"é\":\"%s\"}]%s}"
                    .formatted(blank(random), "ö😀}".repeat(random.nextInt(3_000)), blank(random));
            String other = "{\"channels\":[\"site:1\"],%s\"type\":\"told\"}".formatted(blank(random));
            String body = "%s[%s,{\"metadata\"%s:%s%s%s,\"type\":\"told\",\"channels\":[\"site:1\"]}%s]%s"
                    .formatted(
                            blank(random),
                            other,
                            blank(random),
                            blank(random),
                            metadata,
                            blank(random),
                            blank(random),
                            blank(random));

            List<PublishedEvent> events = read(body);

            assertThat(events.get(1).getMetadata()).as("seed " + seed).isEqualTo(metadata);
            assertThat(events.getFirst().getMetadata()).as("seed " + seed).isEqualTo("{}");
        }
    }

    @Test
    @DisplayName("null is as good as absent, but not for a member that there is not")
    void nullIsAsGoodAsAbsent() throws BadBodyException {
        PublishedEvent event = read("{\"id\":null,\"type\":\"told\",\"channels\":[\"site:1\"],\"slug\":null,"
                        + "\"metadata\":null,\"collection\":null,\"itemId\":null}")
                .getFirst();
        assertThat(event.getId()).isEqualTo("made-0");
        assertThat(event.getSlug()).isNull();
        assertThat(event.getMetadata()).isEqualTo("{}");
        assertThat(refusal("{\"type\":\"told\",\"channels\":[\"site:1\"],\"extra\":null}"))
                .contains("INVALID_MESSAGE", "there is no member \"extra\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"told\"                                              | NOT_JSON",
                "{\"type\":\"told\",\"type\":\"told\",\"channels\":[\"site:1\"]} | NOT_JSON",
                "{\"type\":\"told\",\"channels\":[\"site:1\"]} {}                | NOT_JSON",
                "[{\"type\":\"told\",\"channels\":[\"site:1\"]}],                | NOT_JSON",
                "{\"events\":[{\"type\":\"told\",\"channels\":[\"site:1\"]}],\"x\":1} | INVALID_MESSAGE",
                "{\"events\":{}}                                                 | INVALID_MESSAGE",
                "{\"type\":\"told\",\"events\":[]}                               | INVALID_MESSAGE",
                "[]                                                              | INVALID_MESSAGE",
                "{}                                                              | INVALID_MESSAGE",
                "7                                                               | INVALID_MESSAGE",
                "null                                                            | INVALID_MESSAGE",
                "[[]]                                                            | INVALID_MESSAGE",
                "[null]                                                          | INVALID_MESSAGE",
                "{\"type\":7,\"channels\":[\"site:1\"]}                          | INVALID_MESSAGE",
                "{\"type\":\"told\",\"channels\":[7]}                            | INVALID_MESSAGE",
                "{\"type\":\"told\",\"channels\":[[\"site:1\"]]}                 | INVALID_MESSAGE",
                "[{},{},{},{}]                                                   | TOO_LONG"
            })
    @DisplayName("what is no request is refused with its code")
    void whatIsNoRequestIsRefused(String body, String code) {
        assertThat(refusal(body)).startsWith(code);
    }

    @Test
    @DisplayName("deep nesting, long numbers and bytes that are no text are refused, not followed")
    void deepNestingAndLongNumbersAreRefused() {
        String deep = "{\"type\":\"told\",\"channels\":[\"site:1\"],\"metadata\":%s1%s}"
                .formatted("{\"a\":".repeat(100_000), "}".repeat(100_000));
        assertThat(refusal(deep)).startsWith("NOT_JSON");
        assertThat(refusal("[".repeat(100_000))).startsWith("NOT_JSON");
        String digits =
                "{\"type\":\"told\",\"channels\":[\"site:1\"],\"metadata\":{\"n\":%s}}".formatted("9".repeat(500));
        assertThat(refusal(digits)).contains("BAD_EVENT");
        BadBodyException bad = catchThrowableOfType(
                BadBodyException.class, () -> READER.read(new byte[] {'{', (byte) 0xFF, '}'}, 0, i -> "x"));
        assertThat(bad.code().name()).isEqualTo("NOT_JSON");
    }

    @Test
    @DisplayName("an answer never shows what could break a log or a terminal")
    void anAnswerNeverShowsControlCharacters() {
        assertThat(refusal("{\"type\":\"told\",\"channels\":[\"site:1\"],\"\\u001b[31m\\u2028%s\":1}"
                        .formatted("y".repeat(500))))
                .doesNotContain("\u001b", "\u2028")
                .hasSizeLessThan(400);
    }

    private static String refusal(String body) {
        BadBodyException bad = catchThrowableOfType(BadBodyException.class, () -> read(body));
        assertThat(bad).as(body).isNotNull();
        return bad.code() + " " + bad.reason() + " " + bad.faults();
    }

    private static List<PublishedEvent> read(String body) throws BadBodyException {
        return READER.read(body.getBytes(StandardCharsets.UTF_8), 1, i -> "made-" + i);
    }

    private static String blank(Random random) {
        StringBuilder blank = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            blank.append(" \t\r\n".charAt(random.nextInt(4)));
        }
        return random.nextInt(20) == 0 ? blank + " ".repeat(9_000) : blank.toString();
    }

    private static EventRules rules() {
        try {
            return new EventRules(Catalog.parse("test.yaml", """
                    source: app
                    tenancy: {column: site_id}
                    channels:
                      site: {access: tenant}
                    tables:
                      public.sources: {entity: source, channels: ["site:{site_id}"]}
                    events:
                      told: {channels: [site]}
                    """));
        } catch (CatalogException e) {
            throw new AssertionError(e);
        }
    }
}
