package dev.rowcast.gateway.read;

import dev.rowcast.cache.CacheStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/// Counts the answers of the read API.
final class ReadMeter {

    private final Map<CacheStatus, Counter> answers = new EnumMap<>(CacheStatus.class);

    ReadMeter(MeterRegistry meters) {
        for (CacheStatus status : CacheStatus.values()) {
            answers.put(
                    status,
                    Counter.builder("rowcast.read.answers")
                            .description("Answers with rows, by where the rows came from")
                            .tag("status", status.text())
                            .register(meters));
        }
    }

    void count(Answer answer) {
        Counter counter = answers.get(answer.status());
        if (counter != null) {
            counter.increment();
        }
    }
}
