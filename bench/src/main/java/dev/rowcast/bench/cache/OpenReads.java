package dev.rowcast.bench.cache;

import dev.rowcast.bench.cache.Way.Answer;
import dev.rowcast.bench.machine.Pacer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// Reads at a fixed rate, whatever becomes of them: each has a thread of its own, and its time counts from when it was
/// due.
final class OpenReads {

    /// @param due when it should have begun
    /// @param answer empty when it failed
    record Read(long due, long began, long ended, int room, Optional<Answer> answer) {}

    private final Way way;
    private final Zipf zipf;
    private final int perSecond;

    OpenReads(Way way, Zipf zipf, int perSecond) {
        this.way = way;
        this.zipf = zipf;
        this.perSecond = perSecond;
    }

    List<Read> run(Duration time) {
        return run(perSecond * time.toMillis() / 1_000, () -> false, read -> {});
    }

    /// @param ended asked before each read
    /// @param seen told of each, in its own thread
    /// @return all of them, when the last has its answer
    List<Read> run(long count, BooleanSupplier ended, Consumer<Read> seen) {
        Queue<Read> reads = new ConcurrentLinkedQueue<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Pacer.run(
                    perSecond,
                    count,
                    ended,
                    (number, due) -> readers.execute(() -> {
                        Read read = read(zipf.next(), due);
                        reads.add(read);
                        seen.accept(read);
                    }));
        }
        return List.copyOf(reads);
    }

    private Read read(int room, long due) {
        long began = System.nanoTime();
        try {
            Answer answer = way.read(room);
            return new Read(due, began, System.nanoTime(), room, Optional.of(answer));
        } catch (SQLException | RuntimeException e) {
            return new Read(due, began, System.nanoTime(), room, Optional.empty());
        }
    }

    /// In ns, from when they were due.
    static Histogram times(List<Read> reads) {
        Histogram times = new Histogram(3);
        reads.forEach(read -> times.recordValue(Math.max(0, read.ended() - read.due())));
        return times;
    }

    static long failed(List<Read> reads) {
        return reads.stream().filter(read -> read.answer().isEmpty()).count();
    }
}
