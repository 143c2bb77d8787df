package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Frame;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How long each hop of a change took, from its commit to the sockets.
public final class Hops {

    private final Timer captured;
    private final Timer matched;
    private final Timer written;
    private final Timer delivery;

    public Hops(MeterRegistry meters) {
        this.captured = timer("rowcast.hop", "captured", meters);
        this.matched = timer("rowcast.hop", "matched", meters);
        this.written = timer("rowcast.hop", "written", meters);
        this.delivery = timer("rowcast.delivery", "all", meters);
    }

    void record(Frame frame, long matchedUs, long writtenUs) {
        record(captured, frame.getCommitUs(), frame.getCapturedUs());
        record(matched, frame.getCapturedUs(), matchedUs);
        record(written, matchedUs, writtenUs);
        record(delivery, frame.getCommitUs(), writtenUs);
    }

    /// Clocks of different machines may disagree; a negative time is none.
    private static void record(Timer timer, long fromUs, long toUs) {
        timer.record(Math.max(0, toUs - fromUs), TimeUnit.MICROSECONDS);
    }

    private static Timer timer(String name, String hop, MeterRegistry meters) {
        return Timer.builder(name)
                .tag("hop", hop)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(meters);
    }
}
