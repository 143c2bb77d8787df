package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Debezium for one source, for one run.
public final class CaptureEngine {

    private static final List<String> UNREADABLE =
            List.of("has columns that differ only by case", "Failed to set field default value for");

    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// @param firstSnapshot whether the tables are read before the log
    public CaptureEngine(
            DatabaseUrl database,
            Catalog catalog,
            boolean firstSnapshot,
            TransactionAssembler assembler,
            RecordEncoder encoder,
            Visibility visibility,
            Publisher publisher,
            CaptureListener listener) {
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(EngineSettings.of(database, catalog, firstSnapshot))
                .using((success, message, error) -> failure.compareAndSet(null, error))
                .notifying(new BatchHandler(assembler, encoder, visibility, publisher, listener))
                .build();
    }

    /// Captures until [#stop], in the caller's thread.
    ///
    /// @throws FaultException when the engine ended for any other reason
    public void run() {
        engine.run();
        Throwable error = failure.get();
        if (error == null) {
            return;
        }
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (t instanceof FaultException fault) {
                throw fault;
            }
        }
        unreadable(error).ifPresent(reason -> {
            throw new FaultException(
                    FaultCode.TABLE_UNREADABLE,
                    reason,
                    "undo what was changed there, take the table out of the publication, then have a new snapshot",
                    error);
        });
        throw new FaultException(
                FaultCode.CAPTURE_FAILED,
                "the engine stopped: " + root(error),
                "see the log; ingest tries again",
                error);
    }

    /// Ends [#run] after the batch under way; from any thread.
    public void stop() {
        try {
            engine.close();
        } catch (IOException | IllegalStateException e) {
            // It ended by itself meanwhile, or never began.
            failure.compareAndSet(null, null);
        }
    }

    /// What the engine says of a table that it cannot describe. It stands in the log, so no try gets past it.
    private static Optional<String> unreadable(Throwable error) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (UNREADABLE.stream().anyMatch(message::contains)) {
                return Optional.of(message);
            }
        }
        return Optional.empty();
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
