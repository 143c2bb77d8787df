package dev.rowcast.bench.subscribers;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/// What a crowd has seen so far. Confined to its event loop, but for [#received].
final class Tally {

    private static final long LONGEST_US = 300_000_000;
    private static final int DIGITS = 3;

    final Histogram us = new Histogram(LONGEST_US, DIGITS);
    final Map<Integer, Long> endings = new TreeMap<>();
    final AtomicLong received = new AtomicLong();
    long twice;
    long late;
    long resets;
    long errors;
    long retries;
    long reconnects;
    String firstError = "";
    long beganUs;
    private final Stamps stamps = new Stamps();
    private long receivedHere;
    private long fromUs = Long.MAX_VALUE;
    private long untilUs = Long.MAX_VALUE;
    private LongConsumer afterTurn = total -> {};

    /// From now on the delays of what was due in this time count.
    void window(long from, long until) {
        us.reset();
        fromUs = from;
        untilUs = until;
    }

    /// @param turn is told how much was received, after each turn of the loop in which something was
    void afterTurn(LongConsumer turn) {
        afterTurn = turn;
    }

    void delivered(Order.Place place, long dueUs, long nowUs) {
        receivedHere++;
        switch (place) {
            case NEW -> {}
            case LATE -> late++;
            case TWICE -> twice++;
        }
        if (dueUs >= fromUs && dueUs < untilUs) {
            us.recordValue(Math.clamp(nowUs - dueUs, 0, LONGEST_US));
        }
    }

    /// A message of somebody else, with its own time in it or without.
    void told(String message, long nowUs) {
        receivedHere++;
        OptionalLong delay = stamps.delayMs(message, System.currentTimeMillis());
        if (delay.isPresent() && nowUs >= fromUs) {
            us.recordValue(Math.clamp(delay.getAsLong() * 1000, 0, LONGEST_US));
        }
    }

    void endTurn() {
        if (received.getPlain() != receivedHere) {
            received.lazySet(receivedHere);
            afterTurn.accept(receivedHere);
        }
    }

    void error(String text) {
        errors++;
        if (firstError.isEmpty()) {
            firstError = "%s (%d ms after the first client came)".formatted(text, (Mark.nowUs() - beganUs) / 1000);
        }
    }

    void ended(int code) {
        endings.merge(code, 1L, Long::sum);
    }
}
