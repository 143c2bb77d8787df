package dev.rowcast.streams.audience;

import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.journal.Journal;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/// A part of the log that was read again, for all replays that pass through it. What its records mean to a tenant is
/// worked out once, when the first replay of that tenant comes.
final class Stretch {

    /// What the records mean to one tenant.
    ///
    /// @param journal its changes
    /// @param lasts where each incarnation of the log was seen last
    private record Meant(Journal journal, Map<Long, Long> lasts) {}

    private final long oldest;
    private final long first;
    private final long end;
    private final List<LogRecord> records;
    private final Map<TenantId, Meant> meant = new HashMap<>();

    /// @param oldest the first offset that the log had when it was read
    /// @param first offset that was looked at
    /// @param end offset of the last one; before `first` when there was nothing
    /// @param records in order, of all tenants
    Stretch(long oldest, long first, long end, List<LogRecord> records) {
        this.oldest = oldest;
        this.first = first;
        this.end = end;
        this.records = List.copyOf(records);
    }

    long oldest() {
        return oldest;
    }

    long end() {
        return end;
    }

    /// Whether who has everything up to this offset goes on here.
    boolean continues(long offset) {
        return first - 1 <= offset && offset < end;
    }

    /// The next changes that concern any of the targets, in order.
    ///
    /// @param after offset, exclusive
    List<LoggedChange> after(
            long after,
            TenantId tenant,
            Collection<String> targets,
            int most,
            BiFunction<TenantId, LogRecord, Optional<LoggedChange>> router) {
        return meant(tenant, router).journal().between(after, end, tenant, targets, most);
    }

    /// Whether there is anything of another incarnation of the log.
    ///
    /// @param after offset, exclusive
    boolean isOfAnotherEpochThan(
            Position here,
            long after,
            TenantId tenant,
            BiFunction<TenantId, LogRecord, Optional<LoggedChange>> router) {
        return meant(tenant, router).lasts().entrySet().stream()
                .anyMatch(each -> each.getValue() > after && new Position(each.getKey(), 0).isOfAnotherEpochThan(here));
    }

    private Meant meant(TenantId tenant, BiFunction<TenantId, LogRecord, Optional<LoggedChange>> router) {
        return meant.computeIfAbsent(tenant, unseen -> {
            Meant all = new Meant(Journal.unlimited(first - 1), new HashMap<>());
            records.stream()
                    .filter(record -> concerns(tenant, record))
                    .flatMap(record -> router.apply(tenant, record).stream())
                    .forEach(change -> {
                        all.journal().append(change);
                        all.lasts().put(change.epoch(), change.offset());
                    });
            return all;
        });
    }

    /// Also what is nobody's, or everybody's.
    private static boolean concerns(TenantId tenant, LogRecord record) {
        return record.key() == null || record.key().isEmpty() || record.key().equals(tenant.value());
    }
}
