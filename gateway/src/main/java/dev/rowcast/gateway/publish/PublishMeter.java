package dev.rowcast.gateway.publish;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.OptionalLong;

/// What operators see of publishing. Names are API.
final class PublishMeter {

    private final MeterRegistry registry;
    private final Counter events;

    PublishMeter(MeterRegistry registry, Backlog backlog) {
        this.registry = registry;
        this.events = Counter.builder("rowcast.publish.events")
                .description("events that were taken and stand in the inbox")
                .register(registry);
        Gauge.builder("rowcast.publish.waiting", backlog, PublishMeter::waiting)
                .description("events of everybody that wait in the inbox; not a number when it is not known")
                .register(registry);
    }

    private static double waiting(Backlog backlog) {
        OptionalLong events = backlog.waiting();
        return events.isPresent() ? events.getAsLong() : Double.NaN;
    }

    void queued(int taken) {
        events.increment(taken);
        request("queued");
    }

    /// @param code of the refusal
    void refused(String code) {
        request(code.toLowerCase(Locale.ROOT));
    }

    private void request(String outcome) {
        Counter.builder("rowcast.publish.requests")
                .description("requests to publish, by what became of them")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }
}
