package dev.rowcast.cache.shared;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.redis.Script;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The protocol by which a value in Redis is never staler than its reader allows: whoever misses gets a lease, brings
/// the value with the snapshot that it was read under, and it is kept unless a transaction that evicted it is not in
/// that snapshot. The log's applied offset is in Redis itself, beside what it decides, and only its successor is
/// accepted. How that was proved is in `docs/concepts/cache.md`.
///
/// Methods block: call them on a virtual thread. Safe for use by several threads.
public final class SharedCache {

    private static final Logger log = LoggerFactory.getLogger(SharedCache.class);
    private static final Script READ = Script.load(SharedCache.class, "read.lua");
    private static final Script FILL = Script.load(SharedCache.class, "fill.lua");
    private static final Script RELEASE = Script.load(SharedCache.class, "release.lua");
    private static final Script APPLY = Script.load(SharedCache.class, "apply.lua");
    private static final Script RESET = Script.load(SharedCache.class, "reset.lua");

    private final RedisLink redis;
    private final SharedCacheConfig config;
    private final KeyNames names;
    /// Tokens of leases are this node's name and a number: random ones cost a lock for each read.
    private final String node = UUID.randomUUID().toString();
    private final AtomicLong reads = new AtomicLong();

    public SharedCache(RedisLink redis, SharedCacheConfig config) {
        this.redis = redis;
        this.config = config;
        this.names = new KeyNames(config.namespace());
    }

    public SharedCacheConfig config() {
        return config;
    }

    /// Looks for a value.
    ///
    /// @param maxStale how old the watermark may be; what was committed longer ago is in every hit
    public Lookup read(CacheKey key, Duration maxStale) {
        String token = node + ":" + reads.incrementAndGet();
        try {
            return lookup(redis.call(
                    READ,
                    tagKeys(key),
                    texts(
                            maxStale.toMillis(),
                            config.lease().toMillis(),
                            token,
                            KeyNames.tenantField(key.tenant()),
                            key.name(),
                            config.mostNames(),
                            config.leaseLife().toMillis())));
        } catch (RedisUnavailableException e) {
            return new Lookup.Bypass(Lookup.Reason.UNAVAILABLE);
        }
    }

    /// Brings a value.
    ///
    /// @param lease the answer to the reader's own [#read], after which it read the database
    /// @param snapshot under which it read, or an older one
    /// @param life after which it is dropped in any case, at most [SharedCacheConfig#longestLife]
    public Kept fill(CacheKey key, Lookup.Fill lease, byte[] value, Snapshot snapshot, Duration life) {
        if (value.length > config.mostBytes()) {
            release(key, lease);
            return new Kept.No(Kept.Reason.TOO_LARGE);
        }
        List<byte[]> keys = tagKeys(key);
        keys.add(names.fences(key.partition()));
        List<byte[]> arguments = texts(lease.epoch(), lease.token());
        arguments.add(Payload.bytes(snapshot, value));
        arguments.addAll(texts(
                Math.min(life.toMillis(), config.longestLife().toMillis()),
                snapshot.xmin(),
                snapshot.xmax(),
                snapshot.runningText(),
                lease.nowMs(),
                config.fence().toMillis(),
                KeyNames.tenantField(key.tenant()),
                key.name(),
                config.mostNames(),
                KeyNames.tagField(key.tenant(), key.tag())));
        try {
            List<Object> answer = redis.call(FILL, keys, arguments);
            String status = RedisLink.text(answer.getFirst());
            return status.equals("KEPT")
                    ? new Kept.Yes(Long.parseLong(RedisLink.text(answer.get(1))))
                    : new Kept.No(Kept.Reason.valueOf(status));
        } catch (RedisUnavailableException e) {
            return new Kept.No(Kept.Reason.UNAVAILABLE);
        }
    }

    /// Gives a lease back that will bring nothing: else others would wait for it.
    public void release(CacheKey key, Lookup.Fill lease) {
        try {
            redis.call(
                    RELEASE,
                    List.of(names.leases(key.partition(), key.tenant(), key.tag())),
                    texts(lease.token(), key.name()));
        } catch (RedisUnavailableException e) {
            log.atDebug().addKeyValue("cause", e.getMessage()).log("Lease not given back, it ends by itself");
        }
    }

    /// Applies the next piece of the log to a cache partition, or nothing of it.
    ///
    /// @param from where the caller believes Redis to be
    /// @param to the last offset of the piece
    /// @param watermarkMs everything committed before this time of Redis' clock is in the log up to `to`; empty to
    ///     keep the old one
    /// @param stale what the piece says, in its order
    public Applied apply(int partition, Place from, long to, OptionalLong watermarkMs, List<Stale> stale)
            throws RedisUnavailableException {
        Batch batch = Batch.of(names, partition, stale);
        List<byte[]> keys = new ArrayList<>(List.of(
                names.meta(partition), names.generations(partition), names.fences(partition), names.ages(partition)));
        keys.addAll(batch.keys());
        List<byte[]> arguments = texts(
                from.topic(),
                from.offset(),
                to,
                watermarkMs.isPresent() ? Long.toString(watermarkMs.getAsLong()) : "",
                config.fence().toMillis(),
                config.mostFences(),
                config.generationLife().toMillis(),
                batch.keys().size() / 2);
        arguments.addAll(batch.arguments());
        return applied(redis.call(APPLY, keys, arguments));
    }

    /// Begins again: what was kept does not count any more, and nothing is trusted until a watermark comes.
    ///
    /// @param found what [Applied.ResetNeeded] said; if Redis says something else by now, nothing is done
    /// @param place to begin behind; further back than [SharedCacheConfig#fence], so that readers who are under
    ///     way meet their fences
    /// @return where Redis is now
    public Place reset(int partition, Optional<Place> found, Place place) throws RedisUnavailableException {
        List<Object> answer = redis.call(
                RESET,
                List.of(names.meta(partition)),
                texts(
                        found.map(Place::topic).orElse(""),
                        found.map(known -> Long.toString(known.offset())).orElse(""),
                        place.topic(),
                        place.offset(),
                        UUID.randomUUID()));
        return place(answer);
    }

    private List<byte[]> tagKeys(CacheKey key) {
        int partition = key.partition();
        return new ArrayList<>(List.of(
                names.meta(partition),
                names.generations(partition),
                names.values(partition, key.tenant(), key.tag()),
                names.leases(partition, key.tenant(), key.tag())));
    }

    private static Lookup lookup(List<Object> answer) {
        String status = RedisLink.text(answer.getFirst());
        long offset = Long.parseLong(RedisLink.text(answer.get(2)));
        long nowMs = Long.parseLong(RedisLink.text(answer.get(3)));
        return switch (status) {
            case "HIT" -> {
                Payload payload = Payload.of(ByteBuffer.wrap((byte[]) answer.get(1)));
                long watermarkMs = Long.parseLong(RedisLink.text(answer.get(4)));
                long restMs = Long.parseLong(RedisLink.text(answer.get(5)));
                yield new Lookup.Hit(payload.value(), payload.snapshot(), offset, watermarkMs, nowMs, restMs);
            }
            case "FILL" -> new Lookup.Fill(RedisLink.text(answer.get(1)), RedisLink.text(answer.get(5)), nowMs);
            case "WAIT" -> new Lookup.Wait();
            default -> new Lookup.Bypass(Lookup.Reason.valueOf(status));
        };
    }

    private static Applied applied(List<Object> answer) {
        return switch (RedisLink.text(answer.getFirst())) {
            case "OK" -> new Applied.Ok();
            case "SEEK" -> new Applied.Seek(place(answer).offset());
            default ->
                new Applied.ResetNeeded(
                        RedisLink.text(answer.get(1)).isEmpty() ? Optional.empty() : Optional.of(place(answer)));
        };
    }

    private static Place place(List<Object> answer) {
        return new Place(RedisLink.text(answer.get(1)), Long.parseLong(RedisLink.text(answer.get(2))));
    }

    private static List<byte[]> texts(Object... values) {
        List<byte[]> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(value.toString().getBytes(StandardCharsets.UTF_8));
        }
        return texts;
    }
}
