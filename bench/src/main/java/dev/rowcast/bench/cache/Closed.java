package dev.rowcast.bench.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// Some callers, each of which calls again as soon as it has its answer: as much as there can be.
final class Closed {

    /// What is called.
    interface Call {
        /// @return whether it was answered as it is meant to be; others are counted, their time is not
        boolean run() throws Exception;
    }

    /// @param perSecond that were answered as they are meant to be
    /// @param times of those, in ns
    /// @param others how many were answered otherwise
    record Result(double perSecond, Histogram times, long others) {

        Row in(Row row) {
            return row.measured("a second", perSecond).us(times).measured("otherwise", others);
        }
    }

    private Closed() {}

    static Result run(int callers, Duration time, Call call) throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        Histogram times = new Histogram(3);
        long calls = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Part>> parts = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                parts.add(threads.submit(caller(end, call)));
            }
            for (Future<Part> part : parts) {
                times.add(part.get().times());
                calls += part.get().calls();
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Result(times.getTotalCount() / seconds, times, calls - times.getTotalCount());
    }

    private record Part(Histogram times, long calls) {}

    private static Callable<Part> caller(long end, Call call) {
        return () -> {
            Histogram times = new Histogram(3);
            long calls = 0;
            long began = System.nanoTime();
            while (began - end < 0) {
                boolean meant = call.run();
                long now = System.nanoTime();
                if (meant) {
                    times.recordValue(now - began);
                }
                calls++;
                began = now;
            }
            return new Part(times, calls);
        };
    }
}
