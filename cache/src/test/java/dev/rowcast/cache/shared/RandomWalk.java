package dev.rowcast.cache.shared;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.SimulatedDatabase.Commit;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/// A database, an evictor with its zombies, readers and a Redis that forgets, in an order that the seed decides.
final class RandomWalk {

    private static final TenantId TENANT = new TenantId("acme");
    private static final Duration X = Duration.ofSeconds(5);
    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final String TOPIC = "t1";
    /// Of more, hardly one would be over before something is evicted.
    private static final int MOST_READINGS = 6;

    /// Somebody who holds a lease, and has read or will.
    private record Reading(CacheKey key, Lookup.Fill lease, Optional<Snapshot> snapshot, String value) {}

    /// What Redis is like.
    interface Faults {
        /// Loses everything.
        void flush();

        /// Before each step.
        void goOn();

        /// After a piece of the log was applied; does nothing, unless a part of the protocol is to be taken out.
        void applied();
    }

    private final Random random;
    private final SimulatedDatabase database;
    private final SharedCache cache;
    private final RedisLink link;
    private final Faults faults;
    private final List<CacheKey> keys;
    private final int partition;
    private final List<Reading> readings = new ArrayList<>();
    private Place believed = new Place(TOPIC, -1);
    private int hits;
    private int stale;
    private int fenced;
    private int unavailable;

    /// @param hits values that Redis said may be trusted
    /// @param stale those that lacked an applied commit
    /// @param fenced values that were refused because they lacked one
    /// @param unavailable pieces of the log that Redis did not take
    record Outcome(int hits, int stale, int fenced, int unavailable) {}

    RandomWalk(long seed, SharedCache cache, RedisLink link, Faults faults) {
        this.random = new Random(seed);
        this.database = new SimulatedDatabase(random);
        this.cache = cache;
        this.link = link;
        this.faults = faults;
        this.partition = new CacheKey(TENANT, "k0", "").partition();
        this.keys = Stream.iterate(0, i -> i + 1)
                .map(i -> new CacheKey(TENANT, "k" + i, "row"))
                .filter(key -> key.partition() == partition)
                .limit(3)
                .toList();
    }

    Outcome run(int steps) throws RedisUnavailableException {
        cache.reset(partition, Optional.empty(), believed);
        for (int i = 0; i < steps; i++) {
            faults.goOn();
            try {
                step(random.nextDouble(), keys.get(random.nextInt(keys.size())));
            } catch (RedisUnavailableException e) {
                unavailable++;
            }
        }
        return new Outcome(hits, stale, fenced, unavailable);
    }

    private void step(double dice, CacheKey key) throws RedisUnavailableException {
        if (dice < 0.08) {
            database.begin(key.tag());
        } else if (dice < 0.20) {
            database.commit();
        } else if (dice < 0.32) {
            database.show();
        } else if (dice < 0.50) {
            applySome();
        } else if (dice < 0.5006) {
            faults.flush();
        } else if (dice < 0.80 && readings.size() < MOST_READINGS) {
            read(key);
        } else if (!readings.isEmpty()) {
            goOn(random.nextInt(readings.size()));
        }
    }

    /// The next piece; sometimes as a zombie that is behind.
    private void applySome() throws RedisUnavailableException {
        boolean zombie = random.nextDouble() < 0.1;
        long from = zombie ? Math.max(-1, believed.offset() - 1 - random.nextInt(3)) : believed.offset();
        long to = Math.min(database.log().size() - 1, from + 1 + random.nextInt(3));
        if (to <= from) {
            return;
        }
        List<Stale> piece = database.log().subList((int) from + 1, (int) to + 1).stream()
                .<Stale>map(commit -> new Stale.Tag(TENANT, commit.tag(), commit.xid()))
                .toList();
        Applied answer = cache.apply(partition, new Place(TOPIC, from), to, OptionalLong.of(link.clockMs()), piece);
        faults.applied();
        switch (answer) {
            case Applied.Ok ok -> believed = new Place(TOPIC, to);
            case Applied.Seek(long offset) -> believed = new Place(TOPIC, offset);
            case Applied.ResetNeeded(Optional<Place> found) -> {
                long back = Math.min(database.firstUnseen() - 1, believed.offset());
                believed = cache.reset(partition, found, new Place(TOPIC, back));
            }
        }
    }

    private void read(CacheKey key) {
        switch (cache.read(key, X)) {
            case Lookup.Hit hit -> {
                hits++;
                Set<String> has = Set.of(new String(hit.value(), StandardCharsets.UTF_8).split(","));
                boolean complete = database.log().subList(0, (int) hit.offset() + 1).stream()
                        .filter(commit -> commit.tag().equals(key.tag()))
                        .map(Commit::xid)
                        .allMatch(xid -> has.contains(Long.toString(xid)));
                stale += complete ? 0 : 1;
            }
            case Lookup.Fill lease -> readings.add(new Reading(key, lease, Optional.empty(), ""));
            case Lookup.Wait wait -> {}
            case Lookup.Bypass bypass -> {}
        }
    }

    private void goOn(int index) {
        Reading reading = readings.get(index);
        if (reading.snapshot().isEmpty()) {
            String value = database.value(reading.key().tag());
            readings.set(index, new Reading(reading.key(), reading.lease(), Optional.of(database.snapshot()), value));
            return;
        }
        readings.remove(index);
        if (random.nextDouble() < 0.1) {
            cache.release(reading.key(), reading.lease());
            return;
        }
        byte[] value = reading.value().getBytes(StandardCharsets.UTF_8);
        Kept kept = cache.fill(
                reading.key(), reading.lease(), value, reading.snapshot().get(), LIFE);
        fenced += kept.equals(new Kept.No(Kept.Reason.FENCED)) ? 1 : 0;
    }
}
