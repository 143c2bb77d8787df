package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.route.Captured;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Publishes each batch of the engine in one Kafka transaction, once readers of the database see what is in it,
/// and only then lets the slot move.
///
/// Nothing that Connect would call retriable may leave it: the engine answers such an exception by asking for
/// the next batch, and the current one is lost for ever. Whatever goes wrong here ends the engine instead.
final class BatchHandler implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {

    private final TransactionAssembler assembler;
    private final RecordEncoder encoder;
    private final Visibility visibility;
    private final Publisher publisher;
    private final CaptureListener listener;

    BatchHandler(
            TransactionAssembler assembler,
            RecordEncoder encoder,
            Visibility visibility,
            Publisher publisher,
            CaptureListener listener) {
        this.assembler = assembler;
        this.encoder = encoder;
        this.visibility = visibility;
        this.publisher = publisher;
        this.listener = listener;
    }

    @Override
    public void handleBatch(
            List<RecordChangeEvent<SourceRecord>> events,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        RecordChangeEvent<SourceRecord> complete;
        try {
            complete = publish(events);
        } catch (FaultException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new FaultException(
                    FaultCode.CAPTURE_FAILED, "a batch failed: " + e, "see the log; ingest tries again", e);
        }
        if (complete != null) {
            // Its offset stands for all before it: the log may be forgotten up to the end of that transaction.
            committer.markProcessed(complete);
        }
        committer.markBatchFinished();
    }

    /// @return the last record up to which everything is published; null when a transaction is still arriving
    private @Nullable RecordChangeEvent<SourceRecord> publish(List<RecordChangeEvent<SourceRecord>> events)
            throws InterruptedException {
        Batch batch = new Batch();
        RecordChangeEvent<SourceRecord> complete = null;
        for (RecordChangeEvent<SourceRecord> event : events) {
            if (assembler.take(Captured.of(event.record()), batch)) {
                complete = event;
            }
        }
        if (batch.hasProgressed()) {
            batch.add(encoder.progress(assembler.progress().toRecord()));
            visibility.await(batch.xids());
            publisher.publish(batch.records());
            assembler.published();
            report(batch);
        }
        return complete;
    }

    private void report(Batch batch) {
        long nowUs = assembler.progress().nowUs();
        batch.arrivals().forEach(arrival -> listener.captured(arrival.rows(), nowUs - arrival.commitUs()));
        listener.published(batch.rows());
        if (batch.hasHeartbeat()) {
            listener.heartbeat();
        }
    }
}
