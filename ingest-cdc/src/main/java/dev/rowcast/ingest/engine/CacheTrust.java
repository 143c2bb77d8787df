package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in watermarks up to when caches know everything, and nothing while they cannot: while rows are set aside that
/// would evict, or while what was kept meanwhile is not evicted yet. Whoever reads does without caches then. For one
/// thread.
final class CacheTrust {

    private static final Logger log = LoggerFactory.getLogger(CacheTrust.class);

    private final Set<TableName> evicting = new HashSet<>();
    private final Quarantine quarantine;
    private Set<TableName> untold = Set.of();

    CacheTrust(Catalog catalog, Quarantine quarantine) {
        this.quarantine = quarantine;
        for (TableRule rule : catalog.tables().values()) {
            if (!rule.evict().isEmpty()) {
                evicting.add(rule.table());
            }
            if (rule.evict().stream()
                    .anyMatch(template -> !template.parentColumns().isEmpty())) {
                rule.parent().ifPresent(parent -> evicting.add(parent.table()));
            }
        }
    }

    /// The time that a watermark may carry; asked for after everything that stands before it.
    ///
    /// @param redisMs as the heartbeat carried it; null without caches
    @Nullable
    Long time(@Nullable Long redisMs) {
        if (redisMs == null) {
            return null;
        }
        Set<TableName> now = quarantine.untold(evicting);
        if (!now.equals(untold)) {
            untold = now;
            log(now);
        }
        return now.isEmpty() ? redisMs : null;
    }

    private static void log(Set<TableName> untold) {
        if (untold.isEmpty()) {
            log.atInfo().log("Caches trusted again");
        } else {
            log.atWarn().addKeyValue("tables", untold).log("Caches not trusted while tables are in quarantine");
        }
    }
}
