package dev.rowcast.streams.explain;

import dev.rowcast.streams.explain.AskException.Code;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// One task's side of the [Desk]: a bounded queue of questions. The task calls [#answer] when it has time.
public final class Counter implements AutoCloseable {

    static final int MOST_WAITING = 32;

    /// @param answer cancelled when nobody waits any more
    record Asked<T>(Question<T> question, CompletableFuture<T> answer) {

        /// @return whether it is done with
        boolean look(PartitionView view) {
            if (!answer.isDone()) {
                try {
                    Optional<T> said = question.look(view);
                    said.ifPresent(answer::complete);
                } catch (RuntimeException e) {
                    // Whoever asked is told; the task goes on.
                    answer.completeExceptionally(e);
                }
            }
            return answer.isDone();
        }

        void refuse(AskException why) {
            answer.completeExceptionally(why);
        }
    }

    private final BlockingQueue<Asked<?>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final PartitionView view;
    private final Consumer<Counter> onClose;
    private volatile boolean closed;

    Counter(PartitionView view, Consumer<Counter> onClose) {
        this.view = view;
        this.onClose = onClose;
    }

    /// @throws AskException when too many wait, or the task has ended
    <T> Asked<T> put(Question<T> question) {
        Asked<T> asked = new Asked<>(question, new CompletableFuture<>());
        if (!waiting.offer(asked)) {
            throw new AskException(
                    Code.BUSY,
                    "%d questions wait for partition %d already; ask again in a moment"
                            .formatted(MOST_WAITING, view.partition()));
        }
        if (closed) {
            refuseAll(); // it may have come after the last look
        }
        return asked;
    }

    /// Looks at one question for a while. On the stream thread; costs nothing where nobody asks.
    public void answer() {
        Asked<?> asked = waiting.peek();
        if (asked != null && asked.look(view)) {
            waiting.remove(asked);
        }
    }

    /// How many wait.
    int size() {
        return waiting.size();
    }

    /// The task ends: whoever waits is told so.
    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
        refuseAll();
    }

    private void refuseAll() {
        for (Asked<?> asked = waiting.poll(); asked != null; asked = waiting.poll()) {
            asked.refuse(new AskException(
                    Code.NOT_HERE,
                    "partition %d has just gone elsewhere or starts again; ask again in a moment"
                            .formatted(view.partition())));
        }
    }
}
