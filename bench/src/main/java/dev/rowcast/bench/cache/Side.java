package dev.rowcast.bench.cache;

import java.util.List;
import java.util.Optional;

/// Who reads: Rowcast, and what else one could do.
enum Side {
    NONE("no cache"),
    TTL("Redis, 300 s to live"),
    LOOK_ASIDE("look-aside, DEL on event"),
    ROWCAST("Rowcast");

    private final String title;

    Side(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// Two nodes, as behind a balancer, with nothing kept yet.
    ///
    /// @param trial tells what is kept from what another trial kept
    Way open(Stand stand, String trial) throws InterruptedException {
        return switch (this) {
            case NONE -> new Uncached(stand.rooms());
            case TTL -> new Nodes(List.of(lookAside(stand, trial), lookAside(stand, trial)), Optional.empty());
            case LOOK_ASIDE ->
                new Nodes(
                        List.of(lookAside(stand, trial), lookAside(stand, trial)),
                        Optional.of(Deletions.start(stand, trial)));
            case ROWCAST ->
                new Nodes(
                        List.of(
                                Through.both(stand, stand.redisUrl(), trial),
                                Through.both(stand, stand.redisUrl(), trial)),
                        Optional.empty());
        };
    }

    private static Way lookAside(Stand stand, String trial) {
        return new LookAside(stand.redisUrl(), stand.rooms(), trial);
    }
}
