package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How much of something one tenant may have at once, so that something is left for the others. Who asks for more waits
/// a while and is then refused. Safe for use by several threads; holds nothing of tenants that ask for nothing.
final class Shares {

    private final int most;
    private final Duration patience;
    private final Map<TenantId, Share> taken = new HashMap<>();

    private static final class Share {
        private final Semaphore places;
        private int askers;

        private Share(int most) {
            this.places = new Semaphore(most);
        }
    }

    interface Call<T> {
        T run() throws SQLException;
    }

    /// @param patience how long one waits
    Shares(int most, Duration patience) {
        this.most = most;
        this.patience = patience;
    }

    /// @throws BadRequestException when the tenant's own reads took too long to make room
    <T> T within(TenantId tenant, Call<T> call) throws SQLException {
        Share share = enter(tenant);
        try {
            if (!acquired(share)) {
                throw new BadRequestException(
                        ErrorCode.OVERLOADED,
                        "%d reads of your tenant are under way, which is as many as may be; try again."
                                .formatted(most));
            }
            try {
                return call.run();
            } finally {
                share.places.release();
            }
        } finally {
            leave(tenant, share);
        }
    }

    private boolean acquired(Share share) {
        try {
            return share.places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized Share enter(TenantId tenant) {
        Share share = taken.computeIfAbsent(tenant, key -> new Share(most));
        share.askers++;
        return share;
    }

    private synchronized void leave(TenantId tenant, Share share) {
        share.askers--;
        if (share.askers == 0) {
            taken.remove(tenant);
        }
    }
}
