package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TooLargeException;
import dev.rowcast.ingest.route.RoutedChange;
import dev.rowcast.ingest.route.WithoutDelivered;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Makes records of changes. One that is larger than Kafka takes is told with less: whoever hears nothing of it
/// would go on with the old row, caches above all. For one thread.
final class ChangeEncoder {

    private final Map<String, Set<String>> read = new HashMap<>();
    private final RecordEncoder encoder;
    private final ChangeFactory changes;
    private final Consumer<TableName> forgotten;
    private final CaptureListener listener;

    /// @param forgotten takes each table whose rows are to be forgotten, before that is published
    ChangeEncoder(
            Catalog catalog,
            RecordEncoder encoder,
            ChangeFactory changes,
            Consumer<TableName> forgotten,
            CaptureListener listener) {
        Catalog routing = WithoutDelivered.of(catalog);
        routing.capturedTables().forEach(table -> read.put(table.toString(), routing.columns(table)));
        this.encoder = encoder;
        this.changes = changes;
        this.forgotten = forgotten;
        this.listener = listener;
    }

    /// The change at its place, whole or with less; or, with its dead letter, a reset in its place.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when what is forgotten cannot be asked for
    void encode(RoutedChange change, Transaction place, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            records.accept(record(change, place));
        } catch (TooLargeException whole) {
            try {
                records.accept(record(shorter(change), place));
            } catch (TooLargeException e) {
                setAside(change, place, e, records);
            }
        }
    }

    /// Without what is only delivered: of the old row, where clients know that columns may lack, and of the new one
    /// as well where no client gets it. A new row that clients get is whole.
    private RoutedChange shorter(RoutedChange change) {
        Set<String> columns = read.getOrDefault(change.table(), Set.of());
        return switch (change.operation()) {
            case SNAPSHOT, COPY -> change.withOnly(columns);
            case CREATE, UPDATE, DELETE, TRUNCATE, RESET, UNKNOWN -> change.withOldOnly(columns);
        };
    }

    private void setAside(
            RoutedChange change,
            Transaction place,
            TooLargeException e,
            Consumer<ProducerRecord<byte[], byte[]>> records) {
        listener.deadLetter(change.table(), "TOO_LARGE");
        records.accept(encoder.deadLetter(
                null,
                change.table(),
                change.lsn(),
                "TOO_LARGE",
                Optional.ofNullable(e.getMessage()).orElse("")));
        // A row that was only read makes nothing stale.
        if (change.operation() != Operation.SNAPSHOT) {
            forgotten.accept(TableName.parse(change.table()));
            try {
                records.accept(record(change.asReset(), place));
            } catch (TooLargeException reset) {
                throw new IllegalStateException("a change without a row is larger than Kafka takes", reset);
            }
        }
    }

    private ProducerRecord<byte[], byte[]> record(RoutedChange change, Transaction place) throws TooLargeException {
        String eventId = changes.eventId(place.getFirstLsn(), place.getIndex());
        return encoder.change(change.partition(), change.tenant(), eventId, changes.row(change, place));
    }
}
