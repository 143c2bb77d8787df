package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.channel.Census;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.edge.Admission.Full;
import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.Bucket;
import dev.rowcast.gateway.limit.ConnectionLimits;
import dev.rowcast.gateway.limit.Quotas;
import dev.rowcast.gateway.limit.Seats;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Whether one more connection can come in. Before its credential is looked at, what costs nothing to ask: whether the
/// node and its address have room, and whether too many come at once. Afterwards its tenant and its user or key. Who
/// is told to come back is told a time of its own, so that they do not all come together.
///
/// Safe for use by several threads.
public final class Door {

    private static final AttributeKey<Seat> SEAT = AttributeKey.valueOf("rowcast.seat");

    /// What a channel takes up, until it is closed.
    private record Seat(String address, TenantId tenant, Principal principal) {
        /// A token without a subject is nobody's by itself.
        Optional<String> who() {
            return principal.kind() == Principal.Kind.ANONYMOUS
                    ? Optional.empty()
                    : Optional.of(tenant.value() + '\0' + principal.kind() + '\0' + principal.id());
        }
    }

    private final Census census;
    private final ConnectionLimits limits;
    private final Breaches breaches;
    private final LongSupplier nanos;
    private final Bucket connects;
    private final Quotas connectsOfAddress;
    private final Seats addresses = new Seats();
    private final Seats tenants = new Seats();
    private final Seats principals = new Seats();
    private volatile boolean draining;

    /// @param nanos a clock that only goes forward
    public Door(Census census, ConnectionLimits limits, Breaches breaches, LongSupplier nanos) {
        this.census = census;
        this.limits = limits;
        this.breaches = breaches;
        this.nanos = nanos;
        this.connects = new Bucket(limits.connects(), nanos.getAsLong());
        this.connectsOfAddress = new Quotas(limits.connectsOfAddress(), nanos);
    }

    /// Why not; empty when it can.
    ///
    /// @param network whom limits by address count together
    Optional<Full> refusal(String network) {
        if (draining) {
            return Optional.of(later(ErrorCode.DRAINING, Duration.ZERO));
        }
        if (census.openSockets() >= limits.node()) {
            return full(Limit.CONNECTIONS_NODE, ErrorCode.OVERLOADED, Duration.ZERO);
        }
        if (addresses.count(network) >= limits.address()) {
            return full(Limit.CONNECTIONS_ADDRESS, ErrorCode.TOO_MANY_CONNECTIONS, Duration.ZERO);
        }
        Verdict verdict = connectsOfAddress.ask(network);
        if (!verdict.allowed()) {
            return full(Limit.CONNECTS_ADDRESS, ErrorCode.RATE_LIMITED, verdict.retryAfter());
        }
        synchronized (connects) {
            long now = nanos.getAsLong();
            return connects.take(now)
                    ? Optional.empty()
                    : full(Limit.CONNECTS_NODE, ErrorCode.OVERLOADED, connects.untilNext(now));
        }
    }

    /// Gives the channel a seat that is free again when it is closed. A channel that makes another request keeps the
    /// one that it has. Called on the channel's event loop.
    ///
    /// @return why there is none; empty when it has one
    Optional<Full> sit(Channel channel, String network, Identity identity) {
        Seat wanted = new Seat(network, identity.tenant(), identity.principal());
        Seat held = channel.attr(SEAT).get();
        if (wanted.equals(held)) {
            return Optional.empty();
        }
        Optional<Limit> missing = take(wanted);
        if (missing.isPresent()) {
            return full(missing.get(), ErrorCode.TOO_MANY_CONNECTIONS, Duration.ZERO);
        }
        channel.attr(SEAT).set(wanted);
        if (held == null) {
            channel.closeFuture().addListener(closed -> {
                Seat last = channel.attr(SEAT).getAndSet(null);
                if (last != null) {
                    release(last);
                }
            });
        } else {
            release(held);
        }
        return Optional.empty();
    }

    /// Whether it lets anybody in, as far as there is room.
    public boolean isOpen() {
        return !draining;
    }

    /// Lets nobody in any more.
    public void close() {
        draining = true;
    }

    private Optional<Limit> take(Seat seat) {
        if (!addresses.take(seat.address(), limits.address())) {
            return Optional.of(Limit.CONNECTIONS_ADDRESS);
        }
        if (!tenants.take(seat.tenant().value(), limits.tenant())) {
            addresses.release(seat.address());
            return Optional.of(Limit.CONNECTIONS_TENANT);
        }
        boolean isKey = seat.principal().kind() == Principal.Kind.KEY;
        int most = isKey ? limits.key() : limits.user();
        if (seat.who().filter(who -> !principals.take(who, most)).isPresent()) {
            addresses.release(seat.address());
            tenants.release(seat.tenant().value());
            return Optional.of(isKey ? Limit.CONNECTIONS_KEY : Limit.CONNECTIONS_USER);
        }
        return Optional.empty();
    }

    private void release(Seat seat) {
        addresses.release(seat.address());
        tenants.release(seat.tenant().value());
        seat.who().ifPresent(principals::release);
    }

    private Optional<Full> full(Limit limit, ErrorCode code, Duration atLeast) {
        breaches.count(limit);
        return Optional.of(later(code, atLeast));
    }

    static Full later(ErrorCode code, Duration atLeast) {
        return new Full(code, atLeast.plus(Shards.retryAfter()));
    }
}
