package dev.rowcast.gateway.feed;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A bounded queue from many threads to one. Who puts something in never waits, not even for a lock, because
/// event loops do.
///
/// @param <T> what is put in
final class Mailbox<T> {

    private final int bound;
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private volatile @Nullable Thread waiting;

    /// @param bound over it nothing more is taken
    Mailbox(int bound) {
        this.bound = bound;
    }

    /// @return false when it is full
    boolean offer(T each) {
        if (size.incrementAndGet() > bound) {
            size.decrementAndGet();
            return false;
        }
        queue.add(each);
        LockSupport.unpark(waiting);
        return true;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /// What was put in first; empty when there is nothing. Called by the one thread only.
    Optional<T> poll() {
        Optional<T> first = Optional.ofNullable(queue.poll());
        first.ifPresent(taken -> size.decrementAndGet());
        return first;
    }

    /// As [#poll()], but waits for it.
    ///
    /// @throws InterruptedException when the thread is interrupted
    Optional<T> poll(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        waiting = Thread.currentThread();
        try {
            while (queue.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return Optional.empty();
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiting = null;
        }
        return poll();
    }
}
