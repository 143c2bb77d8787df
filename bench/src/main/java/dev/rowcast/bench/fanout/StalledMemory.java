package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.stream.IntStream;

/// What a client that takes nothing costs the gateway's heap, its connection included. Of so many that a collection
/// more or less does not matter.
///
/// @param full KiB for each while nearly as much waits for it as may
/// @param over the same when it was given up and has not read so yet
record StalledMemory(double full, double over) {

    private static final String TENANT = "stalled-many";
    private static final int CHANNEL = 1;
    private static final int CLIENTS = 500;
    private static final int AT_ONCE = 100;
    private static final int PER_SECOND = 300;
    private static final int BYTES = 1024;
    /// Below the budget of 256 KiB and 500 messages, together with what a socket takes.
    private static final Duration FILLING = Duration.ofMillis(600);
    private static final Duration PUSHING = Duration.ofSeconds(20);

    static StalledMemory measure(GatewayStand stand, Transport transport, int receiveBuffer) throws Exception {
        // It shows how far the gateway is.
        try (Crowd reader = stand.crowd(transport, TENANT, 1, CHANNEL)) {
            reader.connect(1, Crowd.CONNECT_WITHIN);
            publish(stand, reader, Duration.ofSeconds(1));
            long others = stand.gateway().connections();
            long before = stand.gateway().liveHeapBytes();
            IntStream clients = IntStream.range(0, CLIENTS);
            try (Crowd stalling = stand.stalling(transport, TENANT, clients, CHANNEL, receiveBuffer)) {
                stalling.connect(AT_ONCE, Crowd.CONNECT_WITHIN);
                publish(stand, reader, FILLING);
                double full = each(stand, before);
                long deadline = System.nanoTime() + PUSHING.toNanos();
                while (stand.gateway().connections() > others && System.nanoTime() < deadline) {
                    publish(stand, reader, FILLING);
                }
                return new StalledMemory(full, each(stand, before));
            }
        }
    }

    private static double each(GatewayStand stand, long before) throws Exception {
        return (stand.gateway().liveHeapBytes() - before) / 1024.0 / CLIENTS;
    }

    private static void publish(GatewayStand stand, Crowd reader, Duration time) throws Exception {
        long had = reader.received();
        long sent = Pacer.run(PER_SECOND, time, due -> stand.feed().publish(TENANT, CHANNEL, due, BYTES));
        reader.await(had + sent, Crowd.STRAGGLERS);
    }
}
