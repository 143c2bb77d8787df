package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.ProcessStat;
import java.io.IOException;

/// Processor time in seconds, by process.
///
/// @param capture ingest, or the worker of Kafka Connect
/// @param broker Kafka, with the registry in its JVM
/// @param postgres the server with the writers' sessions
record Usage(double capture, double broker, double postgres) {

    /// So far.
    static Usage of(Child capture, Parts parts) throws IOException {
        return new Usage(ProcessStat.of(capture.handle()).ownSeconds(), parts.brokerSeconds(), parts.postgresSeconds());
    }

    Usage since(Usage before) {
        return new Usage(capture - before.capture, broker - before.broker, postgres - before.postgres);
    }
}
