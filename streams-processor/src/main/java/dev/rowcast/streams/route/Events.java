package dev.rowcast.streams.route;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.protocol.JsonFragment;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.rows.RowText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events as `CONTENT` messages.
final class Events {

    private Events() {}

    /// The event that a row of an event table is. `site_id` is the tenant where the row has no such column.
    ///
    /// @param parent the columns of the row's parent
    static Routed inserted(
            TenantId tenant,
            TableRule rule,
            Template type,
            RowChange change,
            Map<String, String> parent,
            Audience audience) {
        Map<String, String> row = RowText.after(change, Optional.empty());
        ServerMessage.Content content = new ServerMessage.Content(
                type.render(column -> RowText.of(row, column), column -> RowText.of(parent, column))
                        .orElse(""),
                RowText.of(row, "site_id").orElse(tenant.value()),
                RowText.of(row, "collection"),
                RowText.of(row, "slug"),
                RowText.of(row, "item_id"),
                instant(change.getTx().getCommitUs()),
                metadata(row.get("metadata")));
        return new Routed.Event(
                content,
                Optional.empty(),
                change.getLsn(),
                change.getTx().getCommitUs(),
                audience,
                Optional.of(change.getTx()),
                Optional.of(new Routed.Inserted(rule, change)),
                true);
    }

    /// An event that an application published over HTTP. One that addresses root channels of several shards of a
    /// tenant is in each of them. It happens in the first, whose listeners hear of it in every channel; in others,
    /// only in the root channels that are there.
    static Routed published(Placement placement, TenantId shard, PublishedEvent event) {
        TenantId tenant = placement.tenant(shard);
        boolean happens =
                placement.keysOfEvent(tenant, event.getChannels()).getFirst().equals(shard);
        ServerMessage.Content content = new ServerMessage.Content(
                event.getType(),
                tenant.value(),
                Optional.ofNullable(event.getCollection()),
                Optional.ofNullable(event.getSlug()),
                Optional.ofNullable(event.getItemId()),
                instant(event.getPublishedUs()),
                metadata(event.getMetadata()));
        Set<String> channels = new LinkedHashSet<>(event.getChannels());
        if (!happens) {
            channels.removeIf(channel -> !placement.isRoot(channel) || !placement.holds(shard, channel));
        }
        Audience audience = Audience.of(Set.of(), channels);
        return new Routed.Event(
                content,
                Optional.of(event.getId()),
                0,
                event.getPublishedUs(),
                audience,
                Optional.empty(),
                Optional.empty(),
                happens);
    }

    /// A `jsonb` column is an object already; a text column holds one as text.
    private static JsonFragment metadata(@Nullable String json) {
        if (json == null || json.equals("null")) {
            return JsonFragment.EMPTY_OBJECT;
        }
        return JsonFragment.parse(
                json.startsWith("\"") ? RowText.of(Map.of("", json), "").orElse("{}") : json);
    }

    private static Instant instant(long us) {
        return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
    }
}
