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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How far one event loop has written each partition, and how that is told to clients. Confined to the loop.
final class Standing {

    private final ShardServices services;
    private final Map<Integer, Progress> progress;

    /// @param known where the node is when the loop begins
    Standing(ShardServices services, Map<Integer, Progress> known) {
        this.services = services;
        this.progress = new HashMap<>(known);
    }

    @Nullable
    Progress of(int partition) {
        return progress.get(partition);
    }

    @Nullable
    Progress of(TenantId tenant) {
        return progress.get(services.upstream().partition(tenant));
    }

    void advance(int partition, Epoch epoch, long offset, long lsn, long sourceUs) {
        progress.merge(
                partition,
                new Progress(epoch, offset, lsn, sourceUs),
                (before, now) -> before.advancedTo(epoch, offset, lsn, sourceUs));
    }

    /// The cursor up to which everything of the tenant was written.
    Optional<String> cursor(TenantId tenant) {
        return Optional.ofNullable(of(tenant))
                .map(here -> services.cursors()
                        .encode(
                                tenant,
                                Cursor.at(here.epoch(), services.upstream().partition(tenant), here.offset())));
    }

    /// Tells these connections; rendered once for each tenant.
    void tell(Collection<Connection> receivers) {
        Map<TenantId, Rendered> rendered = new HashMap<>();
        for (Connection connection : receivers) {
            TenantId tenant = connection.identity().tenant();
            Progress here = of(tenant);
            if (here != null && here.sourceUs() > 0) {
                Rendered message = rendered.computeIfAbsent(tenant, unseen -> message(tenant, here));
                connection.write(message, false, connection.resumes == 0);
            }
        }
        rendered.values().forEach(Rendered::release);
    }

    private Rendered message(TenantId tenant, Progress here) {
        long lagUs = Math.max(0, services.nowUs() - here.sourceUs());
        ServerMessage message = new ServerMessage.Progress(
                new Lsn(here.lsn()).toString(), Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(lagUs)));
        return Rendered.of(services.alloc(), services.codec().encode(message), cursor(tenant));
    }
}
