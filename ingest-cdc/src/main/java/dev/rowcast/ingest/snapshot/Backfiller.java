package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.engine.SideRows;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Sessions;
import dev.rowcast.schemas.catalog.Catalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what operators ask for in `rowcast.backfills`, one after the other, while the log streams. What was under
/// way when an instance ended goes on with the next one.
public final class Backfiller implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Backfiller.class);
    private static final long CLOSE_WAIT_MS = TimeUnit.SECONDS.toMillis(1);

    private final Database database;
    private final Catalog catalog;
    private final BackfillListener listener;
    private final ChunkWindow window = new ChunkWindow();
    private final Semaphore wanted = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;
    private boolean toldMissing;

    public Backfiller(Database database, Catalog catalog, BackfillListener listener) {
        this.database = database;
        this.catalog = catalog;
        this.listener = listener;
    }

    /// Begins to do what [#poll] finds.
    ///
    /// @param beat makes something come through the log soon
    public void start(Runnable beat) {
        thread = Thread.ofPlatform()
                .daemon()
                .name("rowcast-backfill-" + catalog.source())
                .start(() -> run(beat));
    }

    /// The rows that it reads.
    public SideRows rows() {
        return window;
    }

    /// Looks whether there is something to do.
    ///
    /// @param connection the caller's, only for now
    public void poll(Connection connection) throws SQLException {
        OptionalInt open = new BackfillRequests(connection, catalog.source()).open();
        if (open.isEmpty() && !toldMissing) {
            toldMissing = true;
            log.atWarn()
                    .addKeyValue("table", "rowcast.backfills")
                    .addKeyValue("fix", "run infra/postgres/setup.sql and infra/postgres/role.sql again")
                    .log("Backfills cannot be asked for");
        }
        listener.open(open.orElse(0));
        if (open.orElse(0) > 0) {
            wanted.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(CLOSE_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Runnable beat) {
        try {
            while (!closed) {
                wanted.acquire();
                wanted.drainPermits();
                work(beat);
            }
        } catch (InterruptedException e) {
            // Only close interrupts.
            window.close();
        }
    }

    /// What fails and may mend itself is left as it is, and the next look at it goes on.
    private void work(Runnable beat) throws InterruptedException {
        try (Connection connection = database.connect()) {
            BackfillRequests requests = new BackfillRequests(connection, catalog.source());
            Sessions.dontWaitForStandbys(connection);
            Optional<Backfill> next = requests.next();
            while (next.isPresent() && !closed) {
                new BackfillRun(database.url(), catalog, connection, requests, window, beat, listener, next.get())
                        .run();
                next = requests.next();
            }
        } catch (SQLException | RuntimeException e) {
            interrupted(e);
        }
    }

    private void interrupted(Exception e) throws InterruptedException {
        if (closed) {
            throw new InterruptedException();
        }
        log.atWarn()
                .addKeyValue("source", catalog.source())
                .addKeyValue("reason", e.getMessage())
                .log("Backfill interrupted");
    }
}
