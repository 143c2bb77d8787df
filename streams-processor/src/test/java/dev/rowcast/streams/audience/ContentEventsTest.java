package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.COMMIT_US;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.position.Epoch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/// What direct consumers of events get.
class ContentEventsTest {

    private static final String UPDATES = "public.live_updates";
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id, high-volume: [acme]}
            channels: {site: {access: tenant}}
            tables:
              public.live_updates:
                event: "{event_type}"
                channels: ["site:{site_id}"]
                deliver: [collection, slug, item_id, metadata]
                insert-only: true
              public.sources: {entity: source, channels: ["site:{site_id}"]}
            events:
              content.published: {channels: [site]}
            """);

    private final RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
    private long next;

    @Test
    void aRowOfAnEventTableIsACloudEvent() {
        List<Record<EventAddress, ContentEvent>> events = tell("demo", update("content.updated"));

        assertThat(events).hasSize(1);
        assertThat(events.getFirst().key()).isEqualTo(new EventAddress("rowcast.events", "demo|posts/42"));
        assertThat(events.getFirst().value())
                .isEqualTo(new ContentEvent(
                        new Epoch(EPOCH) + "-0000000000000010-0",
                        "demo",
                        "content.updated",
                        "posts",
                        "hello",
                        "42",
                        COMMIT_US,
                        "{\"a\":1}"));
        assertThat(headers(events.getFirst()))
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_id", events.getFirst().value().getId())
                .containsEntry("ce_type", "content.updated")
                .containsEntry("ce_source", "/rowcast/app/demo")
                .containsEntry("ce_subject", "posts/42")
                .containsEntry("ce_time", "2026-01-01T00:00:00Z")
                .containsEntry("content-type", "application/avro")
                .doesNotContainKey("traceparent");
    }

    @Test
    void anEventThatAnApplicationPublishedKeepsItsIdAndItsTrace() {
        PublishedEvent published = new PublishedEvent(
                "mine-1", "content.published", List.of("site:demo"), null, null, null, "{}", COMMIT_US + 1_000);
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        List<Record<EventAddress, ContentEvent>> events =
                tell("demo", new Change(EPOCH, "app", COMMIT_US, trace, published));

        assertThat(events.getFirst().key()).isEqualTo(new EventAddress("rowcast.events", "demo|"));
        assertThat(headers(events.getFirst()))
                .containsEntry("ce_id", "mine-1")
                .containsEntry("ce_time", "2026-01-01T00:00:00.001Z")
                .containsEntry("traceparent", trace)
                .doesNotContainKey("ce_subject");
    }

    @Test
    void aTenantWithManyEventsHasItsOwnTopic() {
        assertThat(tell("acme", update("content.created")))
                .extracting(event -> event.key().topic())
                .containsExactly("rowcast.events.acme");
    }

    @Test
    void purgesSnapshotsAndEntitiesAreNoEvents() {
        assertThat(tell("demo", deleted(UPDATES, "1", 100, columns("content.created"))))
                .isEmpty();
        assertThat(tell("demo", change(row(Operation.SNAPSHOT, UPDATES, "1", null, columns("x"), 100, true))))
                .isEmpty();
        assertThat(tell("demo", inserted("public.sources", "1", 100, Map.of("site_id", "\"demo\""))))
                .isEmpty();
    }

    @Test
    void anEventThatIsReadAgainHasTheSameId() {
        ContentEvent first = tell("demo", update("content.created")).getFirst().value();

        task.restart();
        next = 0;

        assertThat(tell("demo", update("content.created")).getFirst().value()).isEqualTo(first);
    }

    private List<Record<EventAddress, ContentEvent>> tell(String tenant, Change change) {
        task.change(tenant, next++, change);
        return task.events();
    }

    private static Change update(String type) {
        return inserted(UPDATES, "1", 100, columns(type));
    }

    private static Map<String, String> columns(String type) {
        return Map.of(
                "event_type", '"' + type + '"',
                "site_id", "\"demo\"",
                "collection", "\"posts\"",
                "slug", "\"hello\"",
                "item_id", "\"42\"",
                "metadata", "{\"a\":1}");
    }

    private static Map<String, String> headers(Record<EventAddress, ContentEvent> event) {
        Map<String, String> headers = new TreeMap<>();
        event.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
