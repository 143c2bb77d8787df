package dev.rowcast.bench.cache;

import dev.rowcast.bench.cache.OpenReads.Read;
import dev.rowcast.bench.cache.Rooms.Slowness;
import java.time.Duration;
import java.util.List;

/// Many readers and few writers, of rooms of which some are asked for far more often than others.
final class Load {

    /// Rowcast's bound, and a shorter time to compare with.
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final Stand stand;
    private final Plan plan;

    Load(Stand stand, Plan plan) {
        this.stand = stand;
        this.plan = plan;
    }

    /// @param trial a name that no other trial has
    Row run(Side side, String trial) throws InterruptedException {
        Zipf zipf = new Zipf(plan.rooms());
        stand.rooms().slow(plan.slowness());
        try (Way way = side.open(stand, trial);
                Writer writer = Writer.start(stand, zipf, plan.writesPerSecond())) {
            OpenReads reads = new OpenReads(way, zipf, plan.readsPerSecond());
            reads.run(plan.warmUp());
            long before = stand.rooms().reads();
            List<Read> all = reads.run(plan.time());
            return row(side, all, stand.rooms().reads() - before);
        } finally {
            stand.rooms().slow(Slowness.NONE);
        }
    }

    private Row row(Side side, List<Read> all, long database) {
        return Row.of(Cell.LOAD)
                .with("who reads", side.title())
                .measured("reads", all.size())
                .measured("of the database", database)
                .measured("saved %", 100.0 * (all.size() - database) / all.size())
                .measured("in the process %", 100.0 * count(all, Way.From.PROCESS) / all.size())
                .ms(OpenReads.times(all))
                .measured("failed", OpenReads.failed(all))
                .measured("stale > 0.5 s", stale(all, SHORT))
                .measured("stale > 2 s", stale(all, BOUND))
                .measured("oldest s", all.stream().mapToLong(this::lacked).max().orElse(0) / 1e9);
    }

    private static long count(List<Read> all, Way.From from) {
        return all.stream()
                .filter(read ->
                        read.answer().filter(answer -> answer.from() == from).isPresent())
                .count();
    }

    private long stale(List<Read> all, Duration bound) {
        return all.stream().filter(read -> lacked(read) > bound.toNanos()).count();
    }

    private long lacked(Read read) {
        return read.answer()
                .map(answer -> stand.history().lackedNanos(read.room(), answer.version(), read.began()))
                .orElse(0L);
    }
}
