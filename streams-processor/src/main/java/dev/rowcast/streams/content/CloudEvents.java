package dev.rowcast.streams.content;

import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.route.Routed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// Events as CloudEvents in Kafka's binary mode: the value is a [ContentEvent], the attributes are headers. The same
/// event has the same id each time it is written.
public final class CloudEvents {

    private final String source;
    private final Set<String> highVolume;

    public CloudEvents(Catalog catalog) {
        this.source = catalog.source();
        this.highVolume = new HashSet<>(catalog.highVolume().tenants());
    }

    /// A record for direct consumers.
    public record Outgoing(String topic, String key, Headers headers, ContentEvent value) {}

    /// @param epoch of the log
    /// @param traceparent of what caused it
    public Outgoing of(TenantId tenant, long epoch, Routed.Event event, @Nullable String traceparent) {
        var content = event.content();
        ContentEvent value = new ContentEvent(
                id(epoch, event),
                tenant.value(),
                content.event(),
                content.collection().orElse(null),
                content.slug().orElse(null),
                content.itemId().orElse(null),
                event.happenedUs(),
                content.metadata().json());
        Optional<String> subject = subject(value);
        Headers headers = new RecordHeaders();
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", value.getId());
        add(headers, "ce_type", value.getEvent());
        add(headers, "ce_source", "/rowcast/" + source + "/" + encoded(tenant.value()));
        subject.ifPresent(text -> add(headers, "ce_subject", text));
        add(
                headers,
                "ce_time",
                DateTimeFormatter.ISO_INSTANT.format(Instant.EPOCH.plus(value.getTimeUs(), ChronoUnit.MICROS)));
        add(headers, "content-type", "application/avro");
        if (traceparent != null) {
            add(headers, "traceparent", traceparent);
        }
        String topic = highVolume.contains(tenant.value())
                ? Topics.events(tenant.value()).name()
                : Topics.EVENTS.name();
        return new Outgoing(topic, tenant.value() + "|" + subject.orElse(""), headers, value);
    }

    /// The publisher's, or where the row's change is in the log.
    private static String id(long epoch, Routed.Event event) {
        return event.publisherId()
                .or(() -> event.transaction().map(tx -> new Epoch(epoch).eventId(tx.getFirstLsn(), tx.getIndex())))
                .orElseThrow();
    }

    /// What the event is about: the collection, and the item in it.
    private static Optional<String> subject(ContentEvent event) {
        String item = event.getItemId() == null ? event.getSlug() : event.getItemId();
        String subject = Stream.of(Optional.ofNullable(event.getCollection()), Optional.ofNullable(item))
                .flatMap(Optional::stream)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
        return Optional.of(subject).filter(text -> !text.isEmpty());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
