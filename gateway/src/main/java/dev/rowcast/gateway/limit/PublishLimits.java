package dev.rowcast.gateway.limit;

import java.time.Duration;

/// How much may be published through a node.
///
/// @param eventsPerSecond of one tenant; over it `RATE_LIMITED`
/// @param waiting events in the inbox, of everybody, that are not ordered yet; over it `QUEUE_FULL`
/// @param batchEvents of one request; over it `TOO_LONG`
/// @param batchBytes of one request's body; over it `TOO_LONG`
/// @param bytesUnderWay of all requests that are not answered yet; over it `OVERLOADED`
/// @param write how long Kafka may take for a request; over it `NOT_READY`
/// @param repeats how long an idempotency key is remembered
public record PublishLimits(
        int eventsPerSecond,
        long waiting,
        int batchEvents,
        int batchBytes,
        int bytesUnderWay,
        Duration write,
        Duration repeats) {

    private static final int LARGEST_BODY = 10 << 20;

    public static final PublishLimits DEFAULTS = new PublishLimits(
            1_000, 10_000, 1_000, LARGEST_BODY, 64 << 20, Duration.ofSeconds(10), Duration.ofMinutes(10));

    public PublishLimits {
        inRange("eventsPerSecond", eventsPerSecond, 1, Integer.MAX_VALUE);
        inRange("waiting", waiting, 1, Long.MAX_VALUE);
        inRange("batchEvents", batchEvents, 1, 10_000);
        inRange("batchBytes", batchBytes, 1_024, LARGEST_BODY);
        inRange("bytesUnderWay", bytesUnderWay, batchBytes, Integer.MAX_VALUE);
        inRange("write in ms", write.toMillis(), 100, 60_000);
        inRange("repeats in ms", repeats.toMillis(), 1, Duration.ofDays(1).toMillis());
    }

    public PublishLimits withEventsPerSecond(int value) {
        return new PublishLimits(value, waiting, batchEvents, batchBytes, bytesUnderWay, write, repeats);
    }

    public PublishLimits withWaiting(long value) {
        return new PublishLimits(eventsPerSecond, value, batchEvents, batchBytes, bytesUnderWay, write, repeats);
    }

    public PublishLimits withBatchEvents(int value) {
        return new PublishLimits(eventsPerSecond, waiting, value, batchBytes, bytesUnderWay, write, repeats);
    }

    public PublishLimits withBatchBytes(int value) {
        return new PublishLimits(eventsPerSecond, waiting, batchEvents, value, bytesUnderWay, write, repeats);
    }

    public PublishLimits withBytesUnderWay(int value) {
        return new PublishLimits(eventsPerSecond, waiting, batchEvents, batchBytes, value, write, repeats);
    }

    public PublishLimits withWrite(Duration value) {
        return new PublishLimits(eventsPerSecond, waiting, batchEvents, batchBytes, bytesUnderWay, value, repeats);
    }

    private static void inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "publish limit %s must be %d to %d, is %d".formatted(name, least, most, value));
        }
    }
}
