package dev.rowcast.schemas.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.inbox.Refusal.Code;
import dev.rowcast.schemas.protocol.JsonFragment;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRulesTest {

    private static final EventRules RULES = new EventRules(Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels: {site: {access: tenant}, room: {access: tenant}}
            tables: {public.notes: {entity: note}}
            events: {note.said: {channels: [site]}}
            """));

    @Test
    void anEventWithinTheRulesIsTaken() {
        assertThat(RULES.refuse(new PublishedEvent(
                        "i".repeat(128),
                        "note.said",
                        IntStream.range(0, 16).mapToObj(i -> "site:" + i).toList(),
                        "ü".repeat(256),
                        "a b",
                        "5",
                        "{\"a\":{\"b\":[1.50,null]}}",
                        0L)))
                .isEmpty();
    }

    @Test
    void aTypeThatTheCatalogDoesNotNameIsRefused() {
        PublishedEvent.Builder event = sample();
        event.setType("note.\u0007read");

        assertThat(RULES.refuse(event.build()))
                .contains(new Refusal(
                        Code.UNKNOWN_EVENT, "type \"note.?read\" is not in the catalog's events [note.said]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"site", "site:", ":7", "Site:7", "site:a b", "site:ü", "room:7", "vault:1", "site:{id}"})
    void aChannelThatTheEventMayNotAddressIsRefused(String channel) {
        PublishedEvent.Builder event = sample();
        event.setChannels(List.of("site:1", channel));

        refusedAs(event, Code.BAD_CHANNEL);
    }

    @Test
    void noChannelTooManyAndOneTwiceAreRefused() {
        PublishedEvent.Builder event = sample();

        event.setChannels(List.of());
        refusedAs(event, Code.BAD_CHANNEL);
        event.setChannels(IntStream.range(0, 17).mapToObj(i -> "site:" + i).toList());
        refusedAs(event, Code.BAD_CHANNEL);
        event.setChannels(List.of("site:1", "site:1"));
        refusedAs(event, Code.BAD_CHANNEL);
        event.setChannels(List.of("site:" + "1".repeat(129)));
        refusedAs(event, Code.BAD_CHANNEL);
    }

    @Test
    void textsOutsideTheirBoundsAreRefused() {
        for (String bad : List.of("x".repeat(257), "a\nb", "a\u2028b")) {
            PublishedEvent.Builder event = sample();
            event.setId(bad);
            refusedAs(event, Code.BAD_EVENT);
            event = sample();
            event.setCollection(bad);
            refusedAs(event, Code.BAD_EVENT);
            event = sample();
            event.setSlug(bad);
            refusedAs(event, Code.BAD_EVENT);
            event = sample();
            event.setItemId(bad);
            refusedAs(event, Code.BAD_EVENT);
        }
        PublishedEvent.Builder nameless = sample();
        nameless.setId("");
        refusedAs(nameless, Code.BAD_EVENT);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 53})
    void aTimeThatNoReaderCanHoldIsRefused(long publishedUs) {
        PublishedEvent.Builder event = sample();
        event.setPublishedUs(publishedUs);

        refusedAs(event, Code.BAD_EVENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "5", "\"a\"", "{", "{} {}", "{\"a\":1,\"a\":2}", "{'a':1}", "{a:1}"})
    void metadataThatIsNoObjectIsRefused(String metadata) {
        PublishedEvent.Builder event = sample();
        event.setMetadata(metadata);

        refusedAs(event, Code.BAD_EVENT);
    }

    @Test
    void deepAndLargeMetadataIsRefused() {
        PublishedEvent.Builder event = sample();

        event.setMetadata("{\"a\":".repeat(33) + "1" + "}".repeat(33));
        refusedAs(event, Code.BAD_EVENT);
        event.setMetadata("{\"a\":\"" + "x".repeat(EventRules.MAX_METADATA_BYTES) + "\"}");
        refusedAs(event, Code.BAD_EVENT);
        event.setMetadata("{\"a\":\"" + "ü".repeat(EventRules.MAX_METADATA_BYTES / 2) + "\"}");
        refusedAs(event, Code.BAD_EVENT);
        event.setMetadata("{\"a\":\"" + "x".repeat(EventRules.MAX_METADATA_BYTES - 8) + "\"}");
        assertThat(RULES.refuse(event.build())).isEmpty();
    }

    /// The topology reads it again with this method; a refusal there would reset everybody.
    @Property(tries = 2000)
    void metadataThatIsTakenCanBeEmbedded(@ForAll("json") String metadata) {
        PublishedEvent.Builder event = sample();
        event.setMetadata(metadata);

        RULES.refuse(event.build())
                .ifPresentOrElse(
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.BAD_EVENT),
                        () -> assertThat(JsonFragment.parse(metadata).json())
                                .startsWith("{")
                                .doesNotContain("\n"));
    }

    @Provide
    Arbitrary<String> json() {
        return Arbitraries.of(
                        "\"a\":",
                        "1",
                        "1e999999999",
                        "{}",
                        "[",
                        "]",
                        ",",
                        "\"b\":",
                        "{",
                        "}",
                        "\n",
                        "-0",
                        "\"\\ud800\"")
                .list()
                .ofMaxSize(6)
                .map(tokens -> "{" + String.join("", tokens) + "}");
    }

    private static void refusedAs(PublishedEvent.Builder event, Code code) {
        assertThat(RULES.refuse(event.build())).as("%s", event.build()).hasValueSatisfying(refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.reason()).hasSizeLessThan(300).doesNotContain("\n");
        });
    }

    private static PublishedEvent.Builder sample() {
        return PublishedEvent.newBuilder(
                new PublishedEvent("e1", "note.said", List.of("site:7"), null, null, null, "{}", 1_000L));
    }
}
