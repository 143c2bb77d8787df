package dev.rowcast.cache.spring;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.schemas.hash.Sha256;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import tools.jackson.databind.json.JsonMapper;

/// One cache of `@Cacheable(sync = true)`. Values are JSON. Only the log evicts: what Spring's annotations
/// put in or throw out is ignored, because a value without the snapshot that it was read under cannot be
/// trusted, and because an eviction in one process says nothing to the others.
final class RowcastCache implements Cache {

    private static final Logger log = LoggerFactory.getLogger(RowcastCache.class);
    private static final int LONGEST_NAME = 512;

    private final String name;
    private final CacheRule rule;
    private final dev.rowcast.cache.Cache cache;
    private final SnapshotSource snapshots;
    private final JsonMapper json;
    private final AtomicBoolean told = new AtomicBoolean();

    RowcastCache(
            String name, CacheRule rule, dev.rowcast.cache.Cache cache, SnapshotSource snapshots, JsonMapper json) {
        this.name = name;
        this.rule = rule;
        this.cache = cache;
        this.snapshots = snapshots;
        this.json = json;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Object getNativeCache() {
        return cache;
    }

    @Override
    @SuppressWarnings("unchecked") // the rule's type is the method's
    public <T> @Nullable T get(Object key, Callable<T> method) {
        CallKey call = call(key);
        try {
            if (SnapshotSource.isWithinAnother()) {
                tellOnce();
                return method.call();
            }
            byte[] value = cache.get(key(call), rule.freshness(), rule.life(), () -> load(method))
                    .value();
            return (T) json.readValue(value, rule.type());
        } catch (Exception e) {
            throw new ValueRetrievalException(key, method, e);
        }
    }

    /// For who forgot the order of advice, or the sessions of web requests, and wonders why nothing is kept.
    private void tellOnce() {
        if (!told.getAndSet(true)) {
            log.atInfo().addKeyValue("cache", name).log("Cache not asked inside a transaction or an open session");
        }
    }

    private Loaded load(Callable<?> method) throws Exception {
        // Before the method reads, so that its answer has at least what the snapshot has.
        Snapshot snapshot = snapshots.now();
        return new Loaded(json.writeValueAsBytes(method.call()), snapshot);
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        throw unsynchronized();
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        throw unsynchronized();
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        // See above.
    }

    @Override
    public void evict(Object key) {
        // See above.
    }

    @Override
    public void clear() {
        // See above.
    }

    private IllegalStateException unsynchronized() {
        return new IllegalStateException(
                "cache '%s' needs @Cacheable(sync = true): the value and its snapshot are read together"
                        .formatted(name));
    }

    /// @throws CacheKeyException when it is not known which parameters the key stands for
    private CallKey call(Object key) {
        if (key instanceof CallKey call) {
            return call;
        }
        throw new CacheKeyException(
                CacheKeyException.Code.KEY_NOT_OF_CALL,
                ("cache '%s' was given a key of type %s: return CallKey.generator() from CachingConfigurer.keyGenerator(),"
                                + " or name such a bean in @Cacheable(keyGenerator = …), and give no 'key'")
                        .formatted(name, key.getClass().getTypeName()));
    }

    private CacheKey key(CallKey call) {
        String text = name + CallText.of(call);
        return new CacheKey(
                rule.tenant().get(), rule.tag(call), text.length() > LONGEST_NAME ? Sha256.hex(text) : text);
    }
}
