package dev.rowcast.ingest;

import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The state, and who is told when it changes. For any thread.
final class StateBoard {

    private static final Logger log = LoggerFactory.getLogger(Ingest.class);

    private final String source;
    private final IngestListener listener;
    private final AtomicReference<IngestState> state = new AtomicReference<>(new IngestState.Starting());

    StateBoard(String source, IngestListener listener) {
        this.source = source;
        this.listener = listener;
    }

    IngestState state() {
        return state.get();
    }

    void become(IngestState next) {
        IngestState before = state.getAndSet(next);
        if (before.equals(next)) {
            return;
        }
        if (!before.label().equals(next.label())) {
            log.atInfo()
                    .addKeyValue("source", source)
                    .addKeyValue("from", before.label())
                    .addKeyValue("to", next.label())
                    .log("Ingest changed state");
        }
        listener.stateChanged(next);
    }
}
