package dev.rowcast.gateway.told;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// What the clients of this node were told of late, by what they would read because of it. They read at once, and news
/// may be here before the eviction is: so what is read must have it, or it would be an old answer to a new question,
/// which nobody asks twice. Of a change that is its transaction; of a subscription everything before, since nobody will
/// tell of that any more; of a membership that ended likewise, since it must not be read from a cache again.
///
/// Safe for use by several threads.
public final class Told {

    /// Longer than any cached answer may be old.
    private static final Duration KEPT = Duration.ofSeconds(10);
    /// Over it the oldest is forgotten: an answer may then be as old as any other.
    private static final int MOST = 100_000;

    private static final String ANY = "";

    private sealed interface Scope {
        record InChannel(String tenant, String code, String channel) implements Scope {}

        record Row(String tenant, String entity) implements Scope {}
    }

    /// @param target a channel, or empty for any of the tenant's
    private record Beginning(String tenant, String target) {}

    private final LongSupplier nanos;
    private final Cache<Scope, Recent> changes;
    private final Cache<Beginning, Long> beginnings;

    /// @param nanos as [System#nanoTime()]
    public Told(LongSupplier nanos) {
        this.nanos = nanos;
        this.changes = bounded(nanos).expireAfterAccess(KEPT).build();
        this.beginnings = bounded(nanos).expireAfterWrite(KEPT).build();
    }

    /// Clients are about to be told this.
    public void of(Delivery delivery) {
        String tenant = delivery.getTenant();
        if (tenant == null) {
            return;
        }
        switch (delivery.getBody()) {
            case Frames frames -> frames.getFrames().forEach(frame -> changed(tenant, frame));
            case Subscribed subscribed -> begun(tenant, subscribed.getAccepted());
            case Reset reset -> begun(tenant, reset.getTargets());
            case Revoked revoked -> begun(tenant, revoked.getTargets());
            default -> {
                // Nothing is read because of the others.
            }
        }
    }

    /// For a list of a channel's rows.
    public News inChannel(TenantId tenant, String code, String channel) {
        return changes(new Scope.InChannel(tenant.value(), code, channel)).and(begun(tenant.value(), channel));
    }

    /// For who may have a channel.
    public News ofChannel(TenantId tenant, String channel) {
        return News.NONE.and(begun(tenant.value(), channel));
    }

    /// For a row. Which channels it is in is only known when it was read, so any subscription of the tenant counts.
    public News ofRow(TenantId tenant, String code, String id) {
        return changes(new Scope.Row(tenant.value(), code + ":" + id)).and(begun(tenant.value(), ANY));
    }

    private void changed(String tenant, Frame frame) {
        String entity = frame.getEntity();
        if (entity == null || frame.getXid() == 0) {
            return; // an event, which nothing is read again for
        }
        String code = entity.substring(0, Math.max(0, entity.indexOf(':')));
        changed(new Scope.Row(tenant, entity), frame.getXid());
        Stream.concat(frame.getChannels().stream(), frame.getFiltered().stream().map(Target::getName))
                .forEach(channel -> changed(new Scope.InChannel(tenant, code, channel), frame.getXid()));
    }

    private void changed(Scope scope, long xid) {
        changes.get(scope, none -> new Recent(KEPT)).add(xid, nanos.getAsLong());
    }

    private void begun(String tenant, List<Target> targets) {
        long now = nanos.getAsLong();
        beginnings.put(new Beginning(tenant, ANY), now);
        targets.forEach(target -> beginnings.put(new Beginning(tenant, target.getName()), now));
    }

    private News changes(Scope scope) {
        return Optional.ofNullable(changes.getIfPresent(scope))
                .map(recent -> recent.news(nanos.getAsLong()))
                .orElse(News.NONE);
    }

    private Optional<Duration> begun(String tenant, String target) {
        return Optional.ofNullable(beginnings.getIfPresent(new Beginning(tenant, target)))
                .map(began -> Duration.ofNanos(Math.max(0, nanos.getAsLong() - began)));
    }

    private static Caffeine<Object, Object> bounded(LongSupplier nanos) {
        return Caffeine.newBuilder()
                .maximumSize(MOST)
                .ticker((Ticker) nanos::getAsLong)
                .executor(Runnable::run);
    }
}
