package dev.rowcast.bench.cache;

import dev.rowcast.bench.cache.OpenReads.Read;
import dev.rowcast.bench.cache.Way.From;
import dev.rowcast.bench.machine.Wait;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Readers whose Redis fails for a third of the time. Nothing is kept in the process, so that every read asks
/// Redis; the database is as fast as it is.
final class Faults {

    private static final int THIRDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long NOT_YET = -1;

    private final Stand stand;
    private final Plan plan;

    Faults(Stand stand, Plan plan) {
        this.stand = stand;
        this.plan = plan;
    }

    /// @param trial a name that no other trial has
    Row run(Side side, Fault fault, String trial) throws InterruptedException, ExecutionException {
        Zipf zipf = new Zipf(plan.rooms());
        Duration third = plan.time().dividedBy(THIRDS);
        try (Way way = open(side, trial);
                Writer writer = Writer.start(stand, zipf, plan.writesPerSecond())) {
            Wait.until("rooms come from Redis", PATIENCE, () -> way.read(0).from() == From.REDIS);
            OpenReads reads = new OpenReads(way, zipf, plan.readsPerSecond());
            reads.run(third);
            AtomicLong over = new AtomicLong(NOT_YET);
            AtomicLong back = new AtomicLong(NOT_YET);
            long first = System.nanoTime();
            CompletableFuture<Long> began = CompletableFuture.supplyAsync(
                    () -> happen(fault, third, over),
                    task -> Thread.ofPlatform().start(task));
            List<Read> all = reads.run(Long.MAX_VALUE, () -> isOver(third, over.get(), back.get()), read -> {
                long end = over.get();
                if (end != NOT_YET && read.due() - end > 0 && isHit(read)) {
                    back.compareAndSet(NOT_YET, read.ended());
                }
            });
            if (back.get() == NOT_YET) {
                throw new IllegalStateException(
                        "nothing came from Redis within %d s after it was back".formatted(PATIENCE.toSeconds()));
            }
            List<Read> before = between(all, first, began.get());
            List<Read> during = between(all, began.get(), over.get());
            return Row.of(Cell.FAULTS)
                    .with("Redis is", fault.title())
                    .with("who reads", side.title())
                    .measured("p99 ms before", OpenReads.times(before).getValueAtPercentile(99) / 1e6)
                    .measured("reads meanwhile", during.size())
                    .ms(OpenReads.times(during))
                    .measured("failed", OpenReads.failed(all))
                    .measured("hits again after s", Math.max(0, back.get() - over.get()) / 1e9);
        }
    }

    private Way open(Side side, String trial) {
        return switch (side) {
            case NONE -> new Uncached(stand.rooms());
            case TTL, LOOK_ASIDE -> new LookAside(stand.urlThroughProxy(), stand.rooms(), trial);
            case ROWCAST -> Through.redisOnly(stand, stand.urlThroughProxy(), trial);
        };
    }

    /// @return when it began
    private long happen(Fault fault, Duration third, AtomicLong over) {
        try {
            TimeUnit.NANOSECONDS.sleep(third.toNanos());
            long began = System.nanoTime();
            fault.begin(stand);
            try {
                TimeUnit.NANOSECONDS.sleep(third.toNanos());
            } finally {
                fault.end(stand);
            }
            over.set(System.nanoTime());
            return began;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOver(Duration third, long over, long back) {
        if (over == NOT_YET) {
            return false;
        }
        long since = System.nanoTime() - over;
        return since > PATIENCE.toNanos() || since > third.toNanos() && back != NOT_YET;
    }

    private static boolean isHit(Read read) {
        return read.answer().filter(answer -> answer.from() == From.REDIS).isPresent();
    }

    private static List<Read> between(List<Read> all, long from, long to) {
        return all.stream()
                .filter(read -> read.due() - from >= 0 && read.due() - to < 0)
                .toList();
    }
}
