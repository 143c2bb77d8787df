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
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// What the clients of this node were told of late, by what they would read because of it. They read at once, and news
/// may be here before the eviction is: so what is read must have it, or it would be an old answer to a new question,
/// which nobody asks twice. Of a change that is its transaction; of a subscription everything before, since nobody
/// will tell of that any more; of a membership that ended likewise, though only for the question who may have the
/// channel: what others read of it is as good as before.
///
/// Safe for use by several threads.
public final class Told {

    /// Longer than any cached answer may be old.
    private static final Duration KEPT = Duration.ofSeconds(10);
    /// Over it the oldest is forgotten: an answer may then be as old as any other.
    private static final int MOST = 100_000;

    /// In the place of a type of channels: any. In the place of a tenant: all.
    public static final String ANY = "";

    private static final Place EVERYWHERE = new Place(ANY, ANY);

    private sealed interface Scope {
        record InChannel(String tenant, String code, String channel) implements Scope {}

        record Row(String tenant, String entity) implements Scope {}
    }

    /// @param target a channel, an entity, a type of channels, or [#ANY]
    private record Place(String tenant, String target) {}

    private final Placement placement;
    private final LongSupplier nanos;
    private final Cache<Scope, Recent> changes;
    private final Cache<Place, Long> subscribed;
    private final Cache<Place, Long> revoked;

    /// @param placement whose the news of a split tenant's shard is
    /// @param nanos as [System#nanoTime()]
    public Told(Placement placement, LongSupplier nanos) {
        this.placement = placement;
        this.nanos = nanos;
        this.changes = bounded(nanos).expireAfterAccess(KEPT).build();
        this.subscribed = bounded(nanos).expireAfterWrite(KEPT).build();
        this.revoked = bounded(nanos).expireAfterWrite(KEPT).build();
    }

    /// Clients are about to be told this.
    public void of(Delivery delivery) {
        long now = nanos.getAsLong();
        if (delivery.getTenant() == null) {
            if (delivery.getBody() instanceof Reset) {
                subscribed.put(EVERYWHERE, now);
            }
            return;
        }
        String tenant = placement.tenant(new TenantId(delivery.getTenant())).value();
        switch (delivery.getBody()) {
            case Frames frames -> frames.getFrames().forEach(frame -> changed(tenant, frame, now));
            case Subscribed answer -> begun(tenant, answer.getAccepted(), now);
            case Reset reset -> begun(tenant, reset.getTargets(), now);
            case Revoked ended ->
                ended.getTargets().forEach(target -> revoked.put(new Place(tenant, target.getName()), now));
            default -> {
                // Nothing is read because of the others.
            }
        }
    }

    /// For a list of a channel's rows.
    public News inChannel(TenantId tenant, String code, String channel) {
        return since(changes(new Scope.InChannel(tenant.value(), code, channel)), tenant, Set.of(channel));
    }

    /// For who may have a channel.
    public News ofChannel(TenantId tenant, String channel) {
        return since(News.NONE, tenant, Set.of(channel)).and(ago(revoked, new Place(tenant.value(), channel)));
    }

    /// For a row. Which channels it is in is only known when it was read, so any subscription counts to a channel that
    /// it could be in.
    ///
    /// @param types of the channels of such rows
    public News ofRow(TenantId tenant, String code, String id, Set<String> types) {
        String entity = code + ":" + id;
        News changed = changes(new Scope.Row(tenant.value(), entity));
        return since(since(changed, tenant, Set.of(entity)), tenant, types);
    }

    private void changed(String tenant, Frame frame, long now) {
        String entity = frame.getEntity();
        if (entity == null || frame.getXid() == 0) {
            return; // an event, which nothing is read again for
        }
        String code = entity.substring(0, Math.max(0, entity.indexOf(':')));
        changed(new Scope.Row(tenant, entity), frame.getXid(), now);
        Stream.concat(frame.getChannels().stream(), frame.getFiltered().stream().map(Target::getName))
                .forEach(channel -> changed(new Scope.InChannel(tenant, code, channel), frame.getXid(), now));
    }

    private void changed(Scope scope, long xid, long now) {
        changes.get(scope, none -> new Recent(KEPT)).add(xid, now);
    }

    private void begun(String tenant, List<Target> targets, long now) {
        subscribed.put(new Place(tenant, ANY), now);
        for (Target target : targets) {
            String name = target.getName();
            subscribed.put(new Place(tenant, name), now);
            subscribed.put(new Place(tenant, name.substring(0, Math.max(0, name.indexOf(':')))), now);
        }
    }

    /// The news, and everything before somebody began to listen to one of these.
    private News since(News news, TenantId tenant, Set<String> targets) {
        News all = news.and(ago(subscribed, EVERYWHERE));
        for (String target : targets) {
            all = all.and(ago(subscribed, new Place(tenant.value(), target)));
        }
        return all;
    }

    private News changes(Scope scope) {
        return Optional.ofNullable(changes.getIfPresent(scope))
                .map(recent -> recent.news(nanos.getAsLong()))
                .orElse(News.NONE);
    }

    private Optional<Duration> ago(Cache<Place, Long> times, Place place) {
        return Optional.ofNullable(times.getIfPresent(place))
                .map(then -> Duration.ofNanos(Math.max(0, nanos.getAsLong() - then)));
    }

    private static Caffeine<Object, Object> bounded(LongSupplier nanos) {
        return Caffeine.newBuilder()
                .maximumSize(MOST)
                .ticker((Ticker) nanos::getAsLong)
                .executor(Runnable::run);
    }
}
