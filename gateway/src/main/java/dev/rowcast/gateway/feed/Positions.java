package dev.rowcast.gateway.feed;

import dev.rowcast.gateway.channel.Arrival;
import dev.rowcast.gateway.channel.Progress;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/// How far the node is in each partition of `rowcast.changes`. The topology may repeat itself after a crash; what the
/// node has already is dropped here, once for all event loops. Written by the feed's thread, read by any.
final class Positions {

    private final Map<Integer, Progress> progress = new ConcurrentHashMap<>();
    private final Map<Integer, Long> movedNanos = new ConcurrentHashMap<>();
    private final LongSupplier nanos;
    private final long beganNanos;

    /// @param nanos a clock that only goes forward
    Positions(LongSupplier nanos) {
        this.nanos = nanos;
        this.beganNanos = nanos.getAsLong();
    }

    /// Takes note of a delivery.
    ///
    /// @return false for live frames that the node has had
    boolean isNew(Arrival arrival) {
        Delivery delivery = arrival.delivery();
        return switch (delivery.getBody()) {
            case Frames frames when frames.getRequest() != null -> true;
            case Frames frames -> {
                Progress before = progress.get(delivery.getPartition());
                boolean had = before != null
                        && before.epoch().equals(arrival.epoch())
                        && frames.getFrames().getLast().getOffset() <= before.offset();
                if (!had) {
                    advance(arrival, lsn(frames), 0);
                }
                yield !had;
            }
            case Attached attached -> {
                // How far a known node is it does not say: a task that died is ahead of its input, and what it reads
                // again from there this node may never have got.
                if (!attached.getKnown() || !progress.containsKey(delivery.getPartition())) {
                    advance(arrival, 0, 0);
                }
                yield true;
            }
            case dev.rowcast.schemas.avro.Progress here -> {
                movedNanos.put(delivery.getPartition(), nanos.getAsLong());
                advance(arrival, here.getLsn(), here.getSourceUs());
                yield true;
            }
            case Reset reset
            when reset.getRequest() == null -> {
                advance(arrival, 0, 0);
                yield true;
            }
            default -> true;
        };
    }

    Map<Integer, Progress> snapshot() {
        return Map.copyOf(progress);
    }

    boolean attachedEverywhere() {
        return progress.size() == Topics.CHANGES.partitions();
    }

    /// Whether any partition moved within this time.
    boolean progressedWithin(Duration age) {
        long now = nanos.getAsLong();
        return movedNanos.values().stream().anyMatch(moved -> now - moved < age.toNanos());
    }

    /// The partition that stands still for longest. One that never moved stands still since the node's start.
    Slowest slowest() {
        long now = nanos.getAsLong();
        return IntStream.range(0, Topics.CHANGES.partitions())
                .mapToObj(partition ->
                        new Slowest(partition, Duration.ofNanos(now - movedNanos.getOrDefault(partition, beganNanos))))
                .max(Comparator.comparing(Slowest::age))
                .orElseThrow();
    }

    /// The place in the WAL up to which the node has everything of every tenant; empty before it knows.
    OptionalLong lsnReached() {
        return attachedEverywhere()
                ? progress.values().stream().mapToLong(Progress::lsn).min()
                : OptionalLong.empty();
    }

    private void advance(Arrival arrival, long lsn, long sourceUs) {
        Delivery delivery = arrival.delivery();
        progress.merge(
                delivery.getPartition(),
                new Progress(arrival.epoch(), delivery.getOffset(), lsn, sourceUs),
                (before, now) -> before.advancedTo(arrival.epoch(), delivery.getOffset(), lsn, sourceUs));
    }

    /// Frames that do not end a transaction say nothing about the place in the WAL yet.
    private static long lsn(Frames frames) {
        return frames.getCursor() == null
                ? 0
                : frames.getFrames().stream().mapToLong(Frame::getLsn).max().orElse(0);
    }
}
