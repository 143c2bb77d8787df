package dev.rowcast.bench.cache;

import dev.rowcast.bench.cache.Way.From;
import dev.rowcast.bench.machine.Wait;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/// Answers that are there already, beside a row by its key from the database. Nothing is written meanwhile.
final class Hits {

    private static final int HOT = 100;
    private static final Duration FILLED_WITHIN = Duration.ofSeconds(30);

    private final Stand stand;
    private final Plan plan;

    Hits(Stand stand, Plan plan) {
        this.stand = stand;
        this.plan = plan;
    }

    private record Kind(String title, From from) {}

    /// @param time of each kind
    /// @param trial a name that no other trial has
    List<Row> run(int callers, Duration time, String trial) throws InterruptedException, ExecutionException {
        List<Row> rows = new ArrayList<>();
        rows.add(run(new Kind("Postgres, by key", From.DATABASE), new Uncached(stand.rooms()), callers, time));
        rows.add(run(
                new Kind("plain GET", From.REDIS),
                new LookAside(stand.redisUrl(), stand.rooms(), trial),
                callers,
                time));
        rows.add(run(
                new Kind("Rowcast, L2", From.REDIS), Through.redisOnly(stand, stand.redisUrl(), trial), callers, time));
        rows.add(run(
                new Kind("Rowcast, L1", From.PROCESS), Through.both(stand, stand.redisUrl(), trial), callers, time));
        return rows;
    }

    private Row run(Kind kind, Way opened, int callers, Duration time) throws InterruptedException, ExecutionException {
        int hot = Math.min(HOT, plan.rooms());
        try (Way way = opened) {
            Wait.until("every room comes from where it should: " + kind.title(), FILLED_WITHIN, () -> {
                boolean all = true;
                for (int room = 0; room < hot; room++) {
                    all &= way.read(room).from() == kind.from();
                }
                return all;
            });
            Closed.Result result = Closed.run(callers, time, () -> hit(way, hot, kind.from()));
            return result.in(Row.of(Cell.HITS).with("answer from", kind.title()).with("callers", callers));
        }
    }

    private static boolean hit(Way way, int hot, From from) throws SQLException {
        return way.read(ThreadLocalRandom.current().nextInt(hot)).from() == from;
    }
}
