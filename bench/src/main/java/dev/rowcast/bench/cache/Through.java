package dev.rowcast.bench.cache;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Freshness;
import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.local.LogFollower;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.Optional;

/// Through Rowcast's cache, as a gateway has it: the bound is 2 s.
final class Through implements Way {

    private final Rooms rooms;
    private final String name;
    private final RedisLink redis;
    private final Optional<LogFollower> follower;
    private final Cache cache;

    private Through(Stand stand, String redisUrl, String name, boolean keepsHere) {
        this.rooms = stand.rooms();
        this.name = name;
        this.redis = RedisLink.open(RedisConfig.of(redisUrl));
        CacheConfig config = CacheConfig.DEFAULTS;
        SharedCacheConfig shared = SharedCacheConfig.DEFAULTS;
        Optional<LocalCache> local = keepsHere
                ? Optional.of(
                        new LocalCache(config.localLife(), config.localBytes(), shared.mostNames(), System::nanoTime))
                : Optional.empty();
        this.follower = local.map(here -> LogFollower.start(stand.at().kafka(), stand.serdes(), here, redis));
        this.cache = new Cache(Optional.of(new SharedCache(redis, shared)), local, config, new SimpleMeterRegistry());
    }

    /// Keeps in the process and in Redis.
    ///
    /// @param name of the values, so that those of others are not found
    static Through both(Stand stand, String redisUrl, String name) {
        return new Through(stand, redisUrl, name, true);
    }

    /// Keeps in Redis only, which every read asks.
    static Through redisOnly(Stand stand, String redisUrl, String name) {
        return new Through(stand, redisUrl, name, false);
    }

    @Override
    public Answer read(int room) throws SQLException {
        CacheKey key = new CacheKey(Rooms.TENANT, Rooms.tag(room), name);
        Cached answer = cache.get(key, Freshness.DEFAULT, () -> rooms.load(room));
        From from = switch (answer.status()) {
            case HIT_L1 -> From.PROCESS;
            case HIT_L2 -> From.REDIS;
            case MISS, BYPASS -> From.DATABASE;
        };
        return new Answer(Rooms.version(answer.value()), from);
    }

    @Override
    public void close() {
        follower.ifPresent(LogFollower::close);
        redis.close();
    }
}
