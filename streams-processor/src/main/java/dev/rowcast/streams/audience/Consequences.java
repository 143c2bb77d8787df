package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.content.CloudEvents;
import dev.rowcast.streams.eviction.CacheRecords;
import dev.rowcast.streams.eviction.Tags;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What changes mean to others than subscribers: to caches, and to direct consumers of events. Whoever reads that may
/// get it again after a crash, at the same position and with the same id.
final class Consequences {

    private final Tags tags;
    private final CloudEvents events;
    private final Outbox outbox;
    private final Placement placement;

    /// @param placement says which tenant a shard is of: nobody outside of the topology knows shards
    Consequences(Tags tags, CloudEvents events, Outbox outbox, Placement placement) {
        this.placement = placement;
        this.tags = tags;
        this.events = events;
        this.outbox = outbox;
    }

    /// What a change is followed by.
    record Outgoing(List<CacheRecords.Addressed> evictions, List<CloudEvents.Outgoing> events) {}

    /// @throws RuntimeException when the change holds what makes no sense
    Outgoing of(TenantId shard, Change change, Routed routed, Position position, Moment at) {
        TenantId tenant = placement.tenant(shard);
        List<CloudEvents.Outgoing> published = new ArrayList<>();
        for (Routed part : routed.parts()) {
            if (part instanceof Routed.Event event && event.happens()) {
                published.add(events.of(tenant, position.epoch(), event, change.getTraceparent()));
            }
        }
        List<CacheRecords.Addressed> evicted = change.getBody() instanceof RowChange row
                ? CacheRecords.of(
                        tags.of(shard, row, at),
                        Optional.of(tenant),
                        outbox.partition(),
                        position,
                        row.getTx().getXid())
                : List.of();
        return new Outgoing(evicted, published);
    }

    void send(Outgoing outgoing) {
        outgoing.evictions().forEach(outbox::evict);
        outgoing.events().forEach(outbox::publish);
    }

    /// Everything that committed before it stands before it.
    void watermark(Watermark watermark, Position position) {
        CacheRecords.of(watermark, outbox.partition(), position).forEach(outbox::evict);
    }

    /// A table changed in every tenant in ways that are not told row by row.
    void everyTenant(RowChange change, Position position) {
        CacheRecords.of(
                        tags.ofTable(change),
                        Optional.empty(),
                        outbox.partition(),
                        position,
                        change.getTx().getXid())
                .forEach(outbox::evict);
    }

    /// A change was lost.
    ///
    /// @param tenant empty when it may have been anybody's
    void lost(Optional<TenantId> tenant, Position position) {
        CacheRecords.of(tags.ofLost(), tenant.map(placement::tenant), outbox.partition(), position, 0L)
                .forEach(outbox::evict);
    }
}
