package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TooLargeException;
import dev.rowcast.ingest.publish.UnencodableException;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.quarantine.QuarantineCode;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.ingest.route.RoutedChange;
import dev.rowcast.ingest.route.Router;
import dev.rowcast.ingest.route.UnroutableException;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.registry.RegistryException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/// Makes records of one row: the raw one, its changes, or a dead letter that says why not. For one thread.
final class RowMapper {

    private static final long ASK_AGAIN_US = 10_000_000;

    private final Router router;
    private final RecordEncoder encoder;
    private final ChangeFactory changes;
    private final TableFits fits;
    private final Quarantine quarantine;
    private final CaptureListener listener;
    private final Map<TableName, Refusal> refusals = new HashMap<>();
    private boolean passed = true;

    /// What the registry refused last, and when.
    private record Refusal(Schema schema, long atUs) {}

    RowMapper(
            Router router,
            RecordEncoder encoder,
            ChangeFactory changes,
            TableFits fits,
            Quarantine quarantine,
            CaptureListener listener) {
        this.router = router;
        this.fits = fits;
        this.quarantine = quarantine;
        this.encoder = encoder;
        this.changes = changes;
        this.listener = listener;
    }

    /// What becomes of the row: its raw record and changes, or dead letters.
    ///
    /// @param fresh false when it left before a restart, so that only the places of its changes are of interest
    /// @param records takes everything but the changes
    /// @throws FaultException when the registry is away
    List<RoutedChange> map(Row row, boolean fresh, Consumer<ProducerRecord<byte[], byte[]>> records) {
        passed = mayPass(row);
        if (!passed) {
            if (fresh) {
                setAside(row, records);
            }
            return List.of();
        }
        passed = !fresh || encodeRow(row, records);
        return passed ? route(row, fresh ? records : ignored -> {}) : List.of();
    }

    private boolean mayPass(Row row) {
        TableName table = row.table();
        if (!fits.concerns(table)) {
            return true;
        }
        if (!fits.fits(row)) {
            return false;
        }
        Optional<QuarantineCode> held = quarantine.codeOf(table);
        if (held.isEmpty()) {
            return true;
        }
        return switch (held.get()) {
            case CATALOG_MISMATCH -> false;
            case SCHEMA_REFUSED -> triesAgain(row);
            case COLUMN_GONE, KEY_GONE -> {
                quarantine.fits(table);
                yield true;
            }
        };
    }

    /// The registry is asked again when the table has another shape, and otherwise now and then: its rule may have
    /// been changed.
    private boolean triesAgain(Row row) {
        Refusal last = refusals.get(row.table());
        return last == null
                || !last.schema().equals(row.raw().valueSchema())
                || changes.nowUs() - last.atUs() > ASK_AGAIN_US;
    }

    private void setAside(Row row, Consumer<ProducerRecord<byte[], byte[]>> records) {
        quarantine.row(row.table());
        String code = quarantine.codeOf(row.table()).map(Enum::name).orElse("QUARANTINED");
        records.accept(deadLetter(row, code, row.table() + " is in quarantine"));
    }

    /// What the catalog makes of the row.
    ///
    /// @param records takes the dead letter of a row that is nobody's
    private List<RoutedChange> route(Row row, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            return router.route(row);
        } catch (UnroutableException e) {
            records.accept(deadLetter(row, "NO_TENANT", reason(e)));
            return e.remaining();
        }
    }

    /// The row as it is, or its dead letter.
    ///
    /// @return false when its table is in quarantine with that
    /// @throws FaultException when the registry is away
    private boolean encodeRow(Row row, Consumer<ProducerRecord<byte[], byte[]>> records) {
        try {
            records.accept(encoder.row(row.raw()));
            refusals.remove(row.table());
            quarantine.fits(row.table());
        } catch (TooLargeException e) {
            records.accept(deadLetter(row, "TOO_LARGE", reason(e)));
        } catch (UnencodableException e) {
            records.accept(deadLetter(row, "VALUE", reason(e)));
        } catch (RegistryException e) {
            if (e.reason() == RegistryException.Reason.UNAVAILABLE) {
                throw new FaultException(FaultCode.REGISTRY_AWAY, reason(e), "start it; ingest goes on by itself", e);
            }
            refused(row, e, records);
            return false;
        }
        return true;
    }

    private void refused(Row row, RegistryException e, Consumer<ProducerRecord<byte[], byte[]>> records) {
        refusals.put(row.table(), new Refusal(row.raw().valueSchema(), changes.nowUs()));
        quarantine.enter(
                row.table(),
                QuarantineCode.SCHEMA_REFUSED,
                reason(e),
                "change the column back; or, when the topic's readers can take it, set the registry's compatibility of %s-value (or -key) to NONE"
                        .formatted(row.raw().topic()));
        setAside(row, records);
    }

    /// Behind the row that it belongs to; nothing when that one was set aside.
    void encodeTombstone(SourceRecord raw, Consumer<ProducerRecord<byte[], byte[]>> records) {
        if (!passed) {
            return;
        }
        try {
            records.accept(encoder.row(raw));
        } catch (TooLargeException e) {
            // The row before it had the same key and was too large as well; it is a dead letter already.
            listener.deadLetter(raw.topic(), "TOO_LARGE");
        } catch (UnencodableException e) {
            listener.deadLetter(raw.topic(), "VALUE");
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetter(Row row, String code, String reason) {
        listener.deadLetter(row.table().toString(), code);
        ProducerRecord<byte[], byte[]> raw = null;
        try {
            raw = encoder.aside(row.raw());
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
