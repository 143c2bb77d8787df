package dev.rowcast.gateway.read;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.schemas.hash.Sha256;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Reads through the cache where a tag covers the read, and else from the database. What is
/// kept here is the same for everybody of a tenant: who may have it is decided before. So what is read under
/// row level security is never kept.
final class Reads {

    private static final String SNAPSHOT = "select pg_current_snapshot()::text";
    private static final String UNTAGGED = "untagged";
    /// A policy may look at anything, also at what evicts no tag, so nobody can say when its answer is stale.
    private static final String ROW_SECURITY = "row-security";

    private final Database database;
    private final Cache cache;

    Reads(Database database, Cache cache) {
        this.database = database;
        this.cache = cache;
    }

    /// @param security as whom it is read; empty where the answer is the same for everybody of the tenant
    /// @param tag that covers the read; empty where nothing does
    /// @param name everything else that decides the answer
    Answer read(
            TenantId tenant,
            Optional<RowSecurity> security,
            Optional<String> tag,
            List<String> name,
            Asked asked,
            Database.Work<String> work)
            throws SQLException {
        if (security.isPresent()) {
            byte[] body = database.read(tenant, security, work).getBytes(StandardCharsets.UTF_8);
            return new Answer(body, CacheStatus.BYPASS, ROW_SECURITY);
        }
        if (tag.isEmpty()) {
            return new Answer(
                    database.read(tenant, Optional.empty(), work).getBytes(StandardCharsets.UTF_8),
                    CacheStatus.BYPASS,
                    cache.isOff() ? Cache.OFF : UNTAGGED);
        }
        CacheKey key = new CacheKey(tenant, tag.get(), hash(name));
        Cached cached = asked.life().isPresent()
                ? cache.get(key, asked.freshness(), asked.life().get(), () -> load(tenant, work))
                : cache.get(key, asked.freshness(), () -> load(tenant, work));
        return new Answer(cached.value(), cached.status(), cached.detail());
    }

    private Loaded load(TenantId tenant, Database.Work<String> work) throws SQLException {
        return database.read(tenant, Optional.empty(), transaction -> {
            String snapshot = transaction.run(SNAPSHOT, List.of()).getFirst().first();
            byte[] body = work.in(transaction).getBytes(StandardCharsets.UTF_8);
            return new Loaded(body, Snapshot.parse(snapshot));
        });
    }

    /// Names hold what clients sent, so they are as long as those like.
    private static String hash(List<String> name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.ofAll(name));
    }
}
