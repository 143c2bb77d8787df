package dev.rowcast.cache.model;

import java.util.List;
import java.util.function.BiConsumer;

/// What can happen next.
///
/// @param gate whether a commit only reaches the evictor once snapshots have it
record CacheModel(Variant variant, boolean gate) {

    private static final int LAST_TOKEN = 3;

    /// Tells each step with the state behind it.
    void steps(State now, BiConsumer<String, State> next) {
        database(now, next);
        faults(now, next);
        for (boolean first : List.of(true, false)) {
            reader(now, first, next);
        }
        for (boolean owner : List.of(true, false)) {
            evictor(now, owner, next);
        }
    }

    private static void database(State now, BiConsumer<String, State> next) {
        if (now.logged() < State.COMMITS) {
            next.accept("log " + (now.logged() + 1), now.withLogged(now.logged() + 1));
        }
        for (int commit = 1; commit <= now.logged(); commit++) {
            if (!now.sees(commit)) {
                next.accept("show " + commit, now.withVisible(now.visible() | State.bit(commit)));
            }
        }
    }

    private void faults(State now, BiConsumer<String, State> next) {
        if (now.mayFlush() && now.replica().isEmpty()) {
            next.accept("flush", now.flushed());
        }
        if (now.mayFailOver()) {
            next.accept(
                    now.replica().isEmpty() ? "copy" : "fail over",
                    now.replica().isEmpty() ? now.withReplica() : now.failedOver());
        }
        for (int commit = 1; commit <= State.COMMITS && now.mayForget(); commit++) {
            int bit = State.bit(commit);
            boolean fenced = (now.redis().fence() & bit) != 0;
            boolean missed = lacks(now.first(), bit) || lacks(now.second(), bit);
            if (fenced && (variant == Variant.SHORT_FENCE || now.sees(commit) && !missed)) {
                next.accept("forget fence " + commit, now.forgetting(now.redis().fence() & ~bit));
            }
        }
    }

    private static boolean lacks(Reader reader, int bit) {
        return reader.step() == Reader.Step.HAS_READ && (reader.saw() & bit) == 0;
    }

    private void reader(State now, boolean first, BiConsumer<String, State> next) {
        Reader reader = first ? now.first() : now.second();
        String name = first ? "first " : "second ";
        switch (reader.step()) {
            case IDLE -> {
                if (variant == Variant.SHARED_LEASE
                        && now.redis().lease() != 0
                        && !now.redis().full()) {
                    next.accept(
                            name + "shares",
                            now.withReader(first, Reader.leased(now.redis().lease())));
                }
                if (now.nextToken() > LAST_TOKEN || now.redis().full()) {
                    return;
                }
                if (!leases()) {
                    next.accept(
                            name + "misses",
                            now.withReader(first, Reader.leased(0)).withNextToken());
                } else if (!now.redis().isLost()) {
                    int token = now.nextToken();
                    next.accept(
                            name + "leases",
                            now.withReader(first, Reader.leased(token))
                                    .withRedis(now.redis().leasedTo(token))
                                    .withNextToken());
                }
            }
            case LEASED ->
                next.accept(name + "reads", now.withReader(first, reader.reading(now.visible(), now.logged())));
            case HAS_READ -> {
                State done = now.withReader(first, Reader.IDLE);
                if (variant == Variant.SHARED_LEASE && now.redis().lease() == reader.token()) {
                    next.accept(name + "gives back", done.withRedis(now.redis().leasedTo(0)));
                }
                if (isKept(now.redis(), reader)) {
                    Store kept = now.redis().holding(reader.saw(), reader.stamp());
                    next.accept(name + "fills", done.withRedis(leases() ? kept.leasedTo(0) : kept));
                } else {
                    next.accept(name + "is refused", done);
                }
            }
        }
    }

    private boolean isKept(Store redis, Reader reader) {
        if (variant == Variant.DELETE_ONLY) {
            return true;
        }
        boolean held = !leases() || redis.lease() == reader.token();
        boolean unfenced = switch (variant) {
            case LEASE_ONLY -> true;
            case LSN_STAMP -> (redis.fence() & ~Store.bitsUpTo(reader.stamp())) == 0;
            default -> (redis.fence() & ~reader.saw()) == 0;
        };
        return held && unfenced && !redis.isLost();
    }

    private boolean leases() {
        return variant != Variant.NO_LEASE && variant != Variant.DELETE_ONLY;
    }

    private void evictor(State now, boolean owner, BiConsumer<String, State> next) {
        int position = owner ? now.owner() : now.zombie();
        String name = owner ? "evictor " : "zombie ";
        Store redis = now.redis();
        if (redis.isLost()) {
            if (owner) {
                int to = variant == Variant.RESET_WITHOUT_REWIND ? position : 0;
                next.accept(name + "resets", now.withRedis(Store.EMPTY.at(to)).withEvictor(true, to));
            }
            return;
        }
        boolean more = position < now.logged() && (!gate || now.sees(position + 1));
        boolean compares = variant != Variant.NO_COMPARE_AND_SWAP;
        if (compares && redis.offset() != position) {
            next.accept(name + "seeks", now.withEvictor(owner, redis.offset()));
        } else if (more) {
            int commit = position + 1;
            next.accept(
                    name + "applies " + commit,
                    now.withRedis(applied(redis, commit)).withEvictor(owner, commit));
        }
        if (variant == Variant.WATERMARK_FIRST && position < now.logged() && redis.offset() == position) {
            next.accept(name + "promises " + (position + 1), now.withRedis(redis.at(position + 1)));
        }
    }

    private Store applied(Store redis, int commit) {
        Store evicted = redis.evicted().at(Math.max(redis.offset(), commit));
        return switch (variant) {
            case DELETE_ONLY -> evicted;
            case LEASE_ONLY -> evicted.leasedTo(0);
            default -> evicted.leasedTo(0).fencedBy(redis.fence() | State.bit(commit));
        };
    }
}
