package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/// What Kafka's exceptions mean to ingest.
public final class KafkaFaults {

    private KafkaFaults() {}

    /// @param otherwise what it is unless another instance took over
    /// @param doing completes "Kafka failed while …"
    public static FaultException of(FaultCode otherwise, String doing, Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ProducerFencedException
                    || t instanceof InvalidProducerEpochException
                    || t instanceof FencedInstanceIdException) {
                return new FaultException(
                        FaultCode.FENCED,
                        "another instance took over while " + doing,
                        "nothing: this one now waits for the slot; if it happens again, find out who else uses this source and Kafka",
                        cause);
            }
        }
        return new FaultException(
                otherwise,
                "Kafka failed while %s: %s".formatted(doing, cause.getMessage()),
                "is it running, is KAFKA_BOOTSTRAP_SERVERS right?",
                cause);
    }
}
