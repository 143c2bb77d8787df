package dev.rowcast.gateway.told;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Which transaction the clients of this node were told of last, by what they would read again because of it. They read
/// at once, and news may be here before the eviction is: so what is read again must have that transaction, or it would
/// be an old answer to a new question, which nobody asks twice.
///
/// Safe for use by several threads.
public final class Told {

    /// Longer than any cached answer may be old.
    private static final Duration KEPT = Duration.ofSeconds(10);
    /// Over it the oldest is forgotten: an answer may then be as old as any other.
    private static final int MOST = 100_000;

    private sealed interface Scope {
        record InChannel(String tenant, String code, String channel) implements Scope {}

        record Row(String tenant, String entity) implements Scope {}
    }

    private final Cache<Scope, Long> last;

    /// @param nanos as [System#nanoTime()]
    public Told(LongSupplier nanos) {
        this.last = Caffeine.newBuilder()
                .expireAfterWrite(KEPT)
                .maximumSize(MOST)
                .ticker((Ticker) nanos::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /// Clients are about to be told this.
    public void of(Delivery delivery) {
        String tenant = delivery.getTenant();
        if (tenant != null && delivery.getBody() instanceof Frames frames) {
            frames.getFrames().forEach(frame -> of(tenant, frame));
        }
    }

    /// The transaction that a list of the channel's rows must have.
    public OptionalLong inChannel(TenantId tenant, String code, String channel) {
        return find(new Scope.InChannel(tenant.value(), code, channel));
    }

    /// The transaction that a row must have.
    public OptionalLong ofRow(TenantId tenant, String code, String id) {
        return find(new Scope.Row(tenant.value(), code + ":" + id));
    }

    private void of(String tenant, Frame frame) {
        String entity = frame.getEntity();
        if (entity == null || frame.getXid() == 0) {
            return; // an event, which nothing is read again for
        }
        String code = entity.substring(0, Math.max(0, entity.indexOf(':')));
        last.put(new Scope.Row(tenant, entity), frame.getXid());
        Stream.concat(frame.getChannels().stream(), frame.getFiltered().stream().map(Target::getName))
                .forEach(channel -> last.put(new Scope.InChannel(tenant, code, channel), frame.getXid()));
    }

    private OptionalLong find(Scope scope) {
        Long xid = last.getIfPresent(scope);
        return xid == null ? OptionalLong.empty() : OptionalLong.of(xid);
    }
}
