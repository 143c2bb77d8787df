package dev.rowcast.streams.explain;

import dev.rowcast.streams.explain.AskException.Code;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Where questions meet the stream thread: whoever asks waits here, and the task answers when it is between records.
/// Safe for use by several threads.
public final class Desk {

    private final Map<Integer, Counter> counters = new ConcurrentHashMap<>();

    /// A task begins. It closes the counter when it ends.
    public Counter open(PartitionView view) {
        Counter counter = new Counter(view, closed -> counters.remove(view.partition(), closed));
        counters.put(view.partition(), counter);
        return counter;
    }

    /// The partitions that are processed here.
    SortedSet<Integer> partitions() {
        return new TreeSet<>(counters.keySet());
    }

    /// Asks and waits.
    ///
    /// @throws AskException when nobody answers in time, or the partition is not processed here
    <T> T ask(int partition, Duration patience, Question<T> question) {
        Counter counter = counters.get(partition);
        if (counter == null) {
            throw new AskException(
                    Code.NOT_HERE, "partition %d is not processed by this instance at present".formatted(partition));
        }
        Counter.Asked<T> asked = counter.put(question);
        try {
            return asked.answer().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            asked.answer().cancel(false);
            throw new AskException(
                    Code.NO_ANSWER,
                    "partition %d did not answer within %d ms; the stream thread is busy, starts, or is stuck: look at"
                                    .formatted(partition, patience.toMillis())
                            + " its lag and its log");
        } catch (InterruptedException e) {
            asked.answer().cancel(false);
            Thread.currentThread().interrupt();
            throw new AskException(Code.NO_ANSWER, "interrupted while waiting for partition " + partition);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case AskException said -> throw said;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException("no answer from partition " + partition, e);
            }
        }
    }
}
