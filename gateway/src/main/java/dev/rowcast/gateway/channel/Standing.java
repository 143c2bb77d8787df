package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How far one event loop has written each partition, and how that is told to clients. Confined to the loop.
final class Standing {

    private final ShardServices services;
    private final Map<Integer, Progress> progress;
    /// The latest position of which frames were written, by partition.
    private final Map<Integer, Progress> written = new HashMap<>();
    /// Where the loop was after the latest reset, by partition.
    private final Map<Integer, Progress> reset = new HashMap<>();

    /// @param known where the node is when the loop begins
    Standing(ShardServices services, Map<Integer, Progress> known) {
        this.services = services;
        this.progress = new HashMap<>(known);
    }

    @Nullable
    Progress of(int partition) {
        return progress.get(partition);
    }

    /// @param part a tenant that is not split, or one part of one that is
    @Nullable
    Progress of(TenantId part) {
        return progress.get(services.upstream().partition(part));
    }

    /// How far all parts of the tenant are; the offset is the first one's.
    @Nullable
    Progress ofAll(TenantId tenant) {
        Progress all = null;
        for (TenantId part : services.placement().keys(tenant)) {
            Progress here = of(part);
            if (here == null) {
                return null;
            }
            all = all == null ? here : all.orEarlier(here);
        }
        return all;
    }

    void advance(int partition, Epoch epoch, long offset, long lsn, long sourceUs) {
        progress.merge(
                partition,
                new Progress(epoch, offset, lsn, sourceUs),
                (before, now) -> before.advancedTo(epoch, offset, lsn, sourceUs));
    }

    /// Frames of this position were written, be it all of them or not.
    void wrote(int partition, Epoch epoch, long offset) {
        written.merge(
                partition, new Progress(epoch, offset, 0, 0), (before, now) -> before.advancedTo(epoch, offset, 0, 0));
    }

    /// Whether nothing of what comes after the present position was written yet, as it is between two records of one
    /// change.
    boolean isWhole(int partition) {
        Progress here = progress.get(partition);
        Progress latest = written.get(partition);
        return here != null
                && (latest == null || !latest.epoch().equals(here.epoch()) || latest.offset() <= here.offset());
    }

    /// Somebody was told to refetch at the present position.
    void wasReset(int partition) {
        reset.put(partition, Objects.requireNonNull(progress.get(partition)));
    }

    /// Whether nothing came since that. Others of the same change may follow, and the position be the one before it:
    /// it does not say whether somebody who starts there has been told.
    boolean isAtReset(int partition) {
        Progress here = progress.get(partition);
        Progress then = reset.get(partition);
        return here != null && then != null && here.epoch().equals(then.epoch()) && here.offset() == then.offset();
    }

    /// The cursor up to which everything of the tenant was written.
    Optional<String> cursor(TenantId tenant) {
        return cursor(tenant, new TreeMap<>());
    }

    /// The cursor of a record, as clients of the tenant get it: with the positions of the tenant's other parts.
    ///
    /// @param part that the record is of
    /// @param text the cursor in it
    Optional<String> cursor(TenantId part, @Nullable String text) {
        TenantId tenant = services.placement().tenant(part);
        return text == null || !services.placement().isSplit(tenant)
                ? Optional.ofNullable(text)
                : services.cursors().decode(part, text).flatMap(cursor -> cursor(tenant, cursor.offsets()));
    }

    /// @param known positions that count instead of the loop's own
    private Optional<String> cursor(TenantId tenant, SortedMap<Integer, Long> known) {
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        Epoch epoch = null;
        for (TenantId part : services.placement().keys(tenant)) {
            Progress here = of(part);
            // While the parts enter another incarnation of the log, one after the other, there is no one position.
            if (here == null || (epoch != null && !epoch.equals(here.epoch()))) {
                return Optional.empty();
            }
            epoch = here.epoch();
            int partition = services.upstream().partition(part);
            offsets.put(partition, known.getOrDefault(partition, here.offset()));
        }
        return Optional.of(services.cursors()
                .encode(services.placement().cursorOwner(tenant), new Cursor(Objects.requireNonNull(epoch), offsets)));
    }

    /// Tells these connections; rendered once for each tenant. The cursor is of use where something is subscribed, and
    /// would pass over what a client missed that has connected again and has not said yet what it wants.
    void tell(Collection<Connection> receivers) {
        Map<TenantId, Rendered> rendered = new HashMap<>();
        for (Connection connection : receivers) {
            TenantId tenant = connection.identity().tenant();
            Progress here = ofAll(tenant);
            if (here != null && here.sourceUs() > 0) {
                boolean cursorAllowed = connection.mayTakeCursors() && !connection.memberships.isEmpty();
                if (connection.uncovered.isEmpty()) {
                    Rendered message =
                            rendered.computeIfAbsent(tenant, unseen -> Rendered.of(message(here), cursor(tenant)));
                    connection.tell(message, false, cursorAllowed);
                } else {
                    connection.send(message(here), cursorAllowed ? cursor(tenant) : Optional.empty());
                }
            }
        }
    }

    private String message(Progress here) {
        long lagUs = Math.max(0, services.nowUs() - here.sourceUs());
        ServerMessage message = new ServerMessage.Progress(
                new Lsn(here.lsn()).toString(), Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(lagUs)));
        return services.codec().encode(message);
    }
}
