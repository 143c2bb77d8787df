package dev.rowcast.streams.eviction;

import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.ordering.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;

/// Evictions as records. A tag belongs to one cache partition, whatever the tenant's own one is: it is the partition of
/// the topic, and the slot of the cache. A change of several tags is one record for each partition that they are in.
public final class CacheRecords {

    /// More than this passes Kafka in several records.
    private static final int MOST_TAG_BYTES = 256 << 10;

    private CacheRecords() {}

    /// A record and the cache partition that it is for.
    public record Addressed(int cachePartition, Eviction eviction) {}

    /// @param tenant empty for every tenant, when everything is stale
    /// @param partition of `rowcast.changes`
    /// @param xid the transaction
    public static List<Addressed> of(Stale stale, Optional<TenantId> tenant, int partition, Position at, long xid) {
        return switch (stale) {
            case Stale.Tags(var tags) when tags.isEmpty() -> List.of();
            case Stale.Tags(var tags) -> {
                Map<Integer, List<String>> byPartition = new TreeMap<>();
                String owner = tenant.map(TenantId::value).orElse("");
                tags.stream()
                        .sorted()
                        .forEach(tag -> byPartition
                                .computeIfAbsent(Partitions.ofTag(owner, tag), unseen -> new ArrayList<>())
                                .add(tag));
                List<Addressed> records = new ArrayList<>();
                byPartition.forEach((cache, all) -> divided(all)
                        .forEach(
                                some -> records.add(new Addressed(cache, eviction(tenant, partition, at, some, xid)))));
                yield records;
            }
            case Stale.Everything everything -> everywhere(eviction(tenant, partition, at, List.of(), xid));
        };
    }

    /// To every cache partition, each of which waits for the watermarks of all partitions of the log. Nothing where the
    /// cache server's clock was not read.
    public static List<Addressed> of(Watermark watermark, int partition, Position at) {
        return watermark.getRedisMs() == null
                ? List.of()
                : everywhere(
                        new Eviction(at.epoch(), partition, at.offset(), null, List.of(), 0L, watermark.getRedisMs()));
    }

    private static List<Addressed> everywhere(Eviction eviction) {
        return IntStream.range(0, Topics.EVICTIONS.partitions())
                .mapToObj(cache -> new Addressed(cache, eviction))
                .toList();
    }

    private static List<List<String>> divided(List<String> tags) {
        List<List<String>> parts = new ArrayList<>();
        List<String> part = new ArrayList<>();
        long bytes = 0;
        for (String tag : tags) {
            int size = Utils.utf8Length(tag);
            if (!part.isEmpty() && bytes + size > MOST_TAG_BYTES) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(tag);
            bytes += size;
        }
        parts.add(part);
        return parts;
    }

    private static Eviction eviction(
            Optional<TenantId> tenant, int partition, Position at, List<String> tags, long xid) {
        return new Eviction(
                at.epoch(), partition, at.offset(), tenant.map(TenantId::value).orElse(null), tags, xid, null);
    }
}
