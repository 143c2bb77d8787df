package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.engine.NoKeyException;
import dev.rowcast.ingest.engine.TableChunk;
import dev.rowcast.ingest.engine.TableRange;
import dev.rowcast.ingest.engine.TableReader;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.debezium.DebeziumException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One backfill, from where it is to its end: chunk after chunk, each published before the next one is read.
final class BackfillRun {

    private static final Logger log = LoggerFactory.getLogger(BackfillRun.class);
    private static final int CHUNK_ROWS = 1_000;
    private static final int MOST_TRIES = 50;
    private static final Duration OLD_TRANSACTION_POLL = Duration.ofSeconds(1);

    private final DatabaseUrl database;
    private final Catalog catalog;
    private final Connection connection;
    private final BackfillRequests requests;
    private final ChunkWindow window;
    private final Runnable beat;
    private final BackfillListener listener;
    private final long began = System.nanoTime();
    private final long rowsBefore;
    private Backfill current;

    /// @param connection for questions beside the chunks; of this thread
    BackfillRun(
            DatabaseUrl database,
            Catalog catalog,
            Connection connection,
            BackfillRequests requests,
            ChunkWindow window,
            Runnable beat,
            BackfillListener listener,
            Backfill backfill) {
        this.database = database;
        this.catalog = catalog;
        this.connection = connection;
        this.requests = requests;
        this.window = window;
        this.beat = beat;
        this.listener = listener;
        this.current = backfill;
        this.rowsBefore = backfill.rows();
    }

    /// Returns when it ended, however it did.
    ///
    /// @throws SQLException when it cannot go on now, but perhaps later; it stays as it is
    void run() throws SQLException, InterruptedException {
        Optional<TableName> table = BackfillTables.find(catalog, current.table());
        if (table.isEmpty()) {
            end(BackfillState.REFUSED, BackfillTables.unknown(catalog, current.table()));
            return;
        }
        try (TableReader reader = TableReader.open(database, catalog, table.get(), CHUNK_ROWS)) {
            read(table.get(), reader);
        } catch (NoKeyException e) {
            end(BackfillState.FAILED, e.getMessage() + "; a backfill needs a primary key");
        } catch (DebeziumException e) {
            if (e.getCause() instanceof SQLException sql) {
                failed(sql);
            } else {
                end(BackfillState.FAILED, e.toString());
            }
        } catch (SQLException e) {
            failed(e);
        } finally {
            window.close();
        }
    }

    /// What the statement itself is the reason of fails again and again; everything else may pass.
    private void failed(SQLException e) throws SQLException {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("42") || state.startsWith("22")) {
            end(BackfillState.FAILED, e.getMessage());
            return;
        }
        tell(current.waiting(String.valueOf(e.getMessage())));
        throw e;
    }

    private void read(TableName table, TableReader reader) throws SQLException, NoKeyException, InterruptedException {
        List<String> until = current.untilKey().isEmpty() ? reader.lastKey().orElse(List.of()) : current.untilKey();
        boolean wanted = keep(current.running(RowCounts.of(connection, table), until));
        if (wanted && !until.isEmpty()) {
            OptionalLong lsn = awaitOldTransactions();
            wanted = lsn.isPresent();
            reopen(table);
            while (wanted && !current.lastKey().equals(until)) {
                TableChunk chunk = send(reader, table, new TableRange.Between(current.lastKey(), until), lsn.orElse(0));
                if (chunk.rows().isEmpty()) {
                    break; // the last rows are gone
                }
                wanted = keep(current.advanced(
                        chunk.rows().size(), chunk.rows().getLast().key()));
            }
        }
        end(wanted ? BackfillState.DONE : BackfillState.CANCELLED, null);
    }

    /// A row carries a place in the log as its version. It must be behind what was written before, and in front of
    /// every change that a chunk does not see; so all that is open now has to end first.
    ///
    /// @return that place; empty when it is not wanted any more. It is odd, so that no record of the log begins
    /// there and has the same name
    private OptionalLong awaitOldTransactions() throws SQLException, InterruptedException {
        long lsn = number("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint - 1");
        long next = number("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        while (number("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < next) {
            if (!keep(current.waiting("waits for a transaction that was open when it began"))) {
                return OptionalLong.empty();
            }
            Thread.sleep(OLD_TRANSACTION_POLL);
        }
        return OptionalLong.of(lsn);
    }

    /// Publishes the rows of the range, or the first of them.
    ///
    /// @return what was read; all of it is published, by this or by the log itself
    private TableChunk send(TableReader reader, TableName table, TableRange range, long lsn)
            throws SQLException, NoKeyException, InterruptedException {
        TableChunk first = null;
        TableRange next = range;
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            window.awaitOpen();
            TableChunk chunk = reader.read(next, lsn);
            if (chunk.rows().isEmpty()) {
                return first == null ? chunk : first;
            }
            first = first == null ? chunk : first;
            List<List<String>> again;
            try {
                again = window.load(chunk);
            } catch (CrowdedException e) {
                first = next.equals(range) ? null : first;
                reopen(table);
                continue;
            }
            beat.run();
            window.awaitPublished();
            if (again.isEmpty()) {
                return first;
            }
            next = new TableRange.Of(again);
        }
        throw new SQLException("rows of %s change faster than they can be read".formatted(table));
    }

    private void reopen(TableName table) {
        window.open(table);
        beat.run();
    }

    /// @return whether it is still wanted
    private boolean keep(Backfill next) throws SQLException {
        boolean cancelled = requests.keep(next);
        current = next;
        tell(next);
        return !cancelled;
    }

    private void end(BackfillState how, @Nullable String why) throws SQLException {
        keep(current.ended(how, Optional.ofNullable(why)));
        log.atInfo()
                .addKeyValue("source", catalog.source())
                .addKeyValue("id", current.id())
                .addKeyValue("state", how.label())
                .addKeyValue("rows", current.rows())
                .log("Backfill ended");
    }

    private void tell(Backfill backfill) {
        listener.backfill(new BackfillStatus(
                backfill.id(),
                backfill.state(),
                SnapshotProgress.of(
                        BackfillTables.shown(backfill.table()),
                        backfill.rows(),
                        backfill.expected(),
                        backfill.rows() - rowsBefore,
                        Duration.ofNanos(System.nanoTime() - began)),
                backfill.reason()));
    }

    private long number(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
