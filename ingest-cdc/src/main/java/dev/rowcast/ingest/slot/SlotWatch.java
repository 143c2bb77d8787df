package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers the last minute of a slot and says from it how long its log will last. For one thread.
public final class SlotWatch {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(900);

    private record Sample(Instant at, long retainedBytes) {}

    private final InstantSource clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private @Nullable Lsn confirmed;
    private Instant confirmedAt;

    /// @param clock ours; only differences count
    public SlotWatch(InstantSource clock) {
        this.clock = clock;
        this.confirmedAt = clock.instant();
    }

    public SlotReport observe(SlotState state) {
        Instant now = clock.instant();
        if (!state.confirmed().equals(confirmed)) {
            confirmed = state.confirmed();
            confirmedAt = now;
        }
        remember(new Sample(now, state.retainedBytes()));
        return new SlotReport(state, confirmedAt, timeLeft(state));
    }

    /// At most one a second, so a minute is at most 67.
    private void remember(Sample sample) {
        if (!samples.isEmpty() && samples.getLast().at().plus(STEP).isAfter(sample.at())) {
            return;
        }
        samples.add(sample);
        while (samples.getFirst().at().plus(WINDOW).isBefore(sample.at()) && samples.size() > 2) {
            samples.removeFirst();
        }
    }

    private Optional<Duration> timeLeft(SlotState state) {
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        Duration span = Duration.between(first.at(), last.at());
        long grown = last.retainedBytes() - first.retainedBytes();
        if (span.compareTo(SHORTEST) < 0 || grown <= 0 || state.safeBytes().isEmpty()) {
            return Optional.empty();
        }
        double bytesPerMs = (double) grown / span.toMillis();
        return Optional.of(
                Duration.ofMillis((long) (Math.max(0, state.safeBytes().getAsLong()) / bytesPerMs)));
    }
}
