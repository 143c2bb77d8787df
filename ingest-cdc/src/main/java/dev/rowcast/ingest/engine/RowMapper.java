package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TooLargeException;
import dev.rowcast.ingest.publish.UnencodableException;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.ingest.route.RoutedChange;
import dev.rowcast.ingest.route.Router;
import dev.rowcast.ingest.route.UnroutableException;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.registry.RegistryException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;

/// Makes records of one row: the raw one, its changes, or a dead letter that says why not. For one thread.
final class RowMapper {

    private final Router router;
    private final RecordEncoder encoder;
    private final ChangeFactory changes;
    private final CaptureListener listener;

    RowMapper(Router router, RecordEncoder encoder, ChangeFactory changes, CaptureListener listener) {
        this.router = router;
        this.encoder = encoder;
        this.changes = changes;
        this.listener = listener;
    }

    /// What the catalog makes of the row.
    ///
    /// @param records takes the dead letter of a row that is nobody's
    List<RoutedChange> route(Row row, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            return router.route(row);
        } catch (UnroutableException e) {
            records.accept(deadLetter(row, "NO_TENANT", reason(e)));
            return e.remaining();
        }
    }

    /// The row as it is, or its dead letter.
    ///
    /// @throws FaultException when the registry is away
    void encodeRow(Row row, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            records.accept(encoder.row(row.raw()));
        } catch (TooLargeException e) {
            records.accept(deadLetter(row, "TOO_LARGE", reason(e)));
        } catch (UnencodableException e) {
            records.accept(deadLetter(row, "VALUE", reason(e)));
        } catch (RegistryException e) {
            if (e.reason() == RegistryException.Reason.UNAVAILABLE) {
                throw new FaultException(FaultCode.REGISTRY_AWAY, reason(e), "start it; ingest goes on by itself", e);
            }
            records.accept(deadLetter(row, "SCHEMA_REFUSED", reason(e)));
        }
    }

    void encodeTombstone(SourceRecord raw, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            records.accept(encoder.row(raw));
        } catch (TooLargeException e) {
            // The row before it had the same key and was too large as well; it is a dead letter already.
            listener.deadLetter(raw.topic(), "TOO_LARGE");
        } catch (UnencodableException e) {
            listener.deadLetter(raw.topic(), "VALUE");
        }
    }

    /// The change at its place, or its dead letter.
    ProducerRecord<byte[], byte[]> encode(RoutedChange change, Transaction place) {
        String eventId = changes.eventId(place.getFirstLsn(), place.getIndex());
        try {
            return encoder.change(change.partition(), change.tenant(), eventId, changes.row(change, place));
        } catch (TooLargeException e) {
            listener.deadLetter(change.table(), "TOO_LARGE");
            return encoder.deadLetter(null, change.table(), change.lsn(), "TOO_LARGE", reason(e));
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetter(Row row, String code, String reason) {
        listener.deadLetter(row.table().toString(), code);
        ProducerRecord<byte[], byte[]> raw = null;
        try {
            raw = encoder.row(row.raw());
        } catch (TooLargeException | UnencodableException | RegistryException e) {
            // Its headers say where the row is; the row itself is in the database.
            raw = null;
        }
        return encoder.deadLetter(raw, row.table().toString(), row.lsn(), code, reason);
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
