package dev.rowcast.cache.spring;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import tools.jackson.databind.json.JsonMapper;

/// Gives `@Cacheable(cacheNames = …, sync = true)` methods caches that are never staler than their rules allow. A cache
/// without a rule is not there, which Spring says when the method is called first.
public final class RowcastCacheManager implements CacheManager {

    private final Map<String, Cache> caches = new TreeMap<>();

    /// @param rules by the name of the cache
    /// @param primary what the methods read; a standby's snapshot does not say which transactions it lacks
    public RowcastCacheManager(
            dev.rowcast.cache.Cache cache, Map<String, CacheRule> rules, DataSource primary, JsonMapper json) {
        SnapshotSource snapshots = new SnapshotSource(primary);
        rules.forEach((name, rule) -> caches.put(name, new RowcastCache(name, rule, cache, snapshots, json)));
    }

    @Override
    public @Nullable Cache getCache(String name) {
        return caches.get(name);
    }

    @Override
    public Collection<String> getCacheNames() {
        return caches.keySet();
    }
}
