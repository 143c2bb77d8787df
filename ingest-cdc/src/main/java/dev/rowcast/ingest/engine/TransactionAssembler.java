package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.fault.WayBack;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.route.CanaryRouter;
import dev.rowcast.ingest.route.Captured;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.ingest.route.RoutedChange;
import dev.rowcast.ingest.route.Router;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.OpenTransaction;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Puts captured records together to whole transactions and these into batches. For one thread.
public final class TransactionAssembler {

    private static final int FIRST_RESET = 1 << 30;
    private static final TableName HEARTBEAT = new TableName("rowcast", "heartbeat");

    private final Router router;
    private final Catalog catalog;
    private final Quarantine quarantine;
    private final RowMapper mapper;
    private final ChangeEncoder rowChanges;
    private final RecordEncoder encoder;
    private final Progress progress;
    private final ChangeFactory changes;
    private final CaptureLimits limits;
    private final int partitions;
    private final SideRows sideRows;
    private final Consumer<TableName> forgotten;
    private final CacheTrust trust;
    private final CaptureListener listener;
    private @Nullable TransactionBuffer open;
    private int snapshotChanges;
    private boolean snapshotBegan;

    /// @param partitions how many `rowcast.changes` really has
    /// @param tableChanged run when the log describes a table of the catalog anew
    /// @param sideRows rows that are read beside the log
    /// @param forgotten takes each table that flows and whose rows are to be forgotten, before that is published
    public TransactionAssembler(
            Catalog catalog,
            Quarantine quarantine,
            Runnable tableChanged,
            RecordEncoder encoder,
            Progress progress,
            CaptureLimits limits,
            int partitions,
            SideRows sideRows,
            Consumer<TableName> forgotten,
            CaptureListener listener) {
        this.encoder = encoder;
        this.progress = progress;
        this.changes = new ChangeFactory(progress);
        this.router = new Router(catalog, partitions);
        this.catalog = catalog;
        this.quarantine = quarantine;
        TableFits fits = new TableFits(catalog, quarantine, tableChanged);
        this.mapper = new RowMapper(router, encoder, changes, fits, quarantine, listener);
        this.rowChanges = new ChangeEncoder(catalog, encoder, changes, forgotten, listener);
        this.limits = limits;
        this.partitions = partitions;
        this.sideRows = sideRows;
        this.forgotten = forgotten;
        this.trust = new CacheTrust(catalog, quarantine);
        this.listener = listener;
    }

    Progress progress() {
        return progress;
    }

    /// Everything that was taken so far is published.
    void published() {
        sideRows.published(progress.commitLsn());
    }

    /// Takes the next record.
    ///
    /// @return whether all records up to this one are in batches
    boolean take(Captured captured, Batch batch) {
        return switch (captured) {
            case Row row
            when row.fromSnapshot() -> {
                snapshotRow(row, batch);
                yield true;
            }
            case Captured.Begin begin -> {
                endSnapshot(batch);
                open = newTransaction();
                yield false;
            }
            case Row row -> {
                sideRows.before(row).forEach(read -> readRow(read, batch));
                row(row, batch, current());
                yield false;
            }
            case Captured.Tombstone tombstone -> {
                tombstone(tombstone.raw(), current());
                yield false;
            }
            case Captured.End end -> {
                end(end.commitLsn(), batch, current());
                open = null;
                sideRows.after(end.commitLsn()).forEach(read -> readRow(read, batch));
                yield true;
            }
        };
    }

    private TransactionBuffer newTransaction() {
        return new TransactionBuffer(
                progress.open().map(OpenTransaction::getRows).orElse(0L));
    }

    private TransactionBuffer current() {
        if (open == null) {
            throw new FaultException(
                    FaultCode.CAPTURE_FAILED, "a row came outside of a transaction", "report it; it goes on", null);
        }
        return open;
    }

    private void snapshotRow(Row row, Batch batch) {
        listener.snapshotRow(row.table());
        beginSnapshot(batch);
        readRow(row, batch);
        progress.snapshotRow(row.lsn());
        if (row.endsSnapshot()) {
            endSnapshot(batch);
        }
    }

    private void beginSnapshot(Batch batch) {
        if (!snapshotBegan && !progress.snapshotDone()) {
            snapshotBegan = true;
            everywhere(changes.snapshot(SnapshotPhase.BEGAN), batch);
        }
    }

    /// A row that was read from its table. It is in no transaction, so it moves no position.
    private void readRow(Row row, Batch batch) {
        for (RoutedChange change : mapper.map(row, true, batch::add)) {
            int index = snapshotChanges++ & Integer.MAX_VALUE;
            Transaction place = new Transaction(0L, row.lsn(), row.lsn(), row.commitUs(), index, true);
            rowChanges.encode(change, place, batch::add);
        }
        batch.snapshotRow();
    }

    /// Also when the snapshot had no last row that says so: what comes from the log comes after it.
    private void endSnapshot(Batch batch) {
        if (!progress.snapshotDone()) {
            beginSnapshot(batch);
            everywhere(changes.snapshot(SnapshotPhase.ENDED), batch);
            batch.progressed();
            progress.snapshotIsDone();
            progress.placed(router.placement().identity());
            listener.snapshotDone();
        }
    }

    private void row(Row row, Batch batch, TransactionBuffer transaction) {
        if (transaction.isEmpty()) {
            refuseGap(row);
        }
        boolean fresh = transaction.beginRow(row.xid(), row.lsn(), row.commitUs());
        if (row.table().equals(HEARTBEAT) && !CanaryRouter.concerns(row)) {
            transaction.heartbeat(redisMs(row.after()));
        }
        for (RoutedChange change : mapper.map(row, fresh, transaction::raw)) {
            transaction.change(change, fresh);
        }
        if (transaction.exceeds(limits)) {
            part(transaction, batch);
        }
    }

    private void tombstone(SourceRecord raw, TransactionBuffer transaction) {
        if (transaction.nextRecord()) {
            mapper.encodeTombstone(raw, transaction::raw);
        }
    }

    private void part(TransactionBuffer transaction, Batch batch) {
        arrived(transaction, batch);
        replaced(transaction, batch);
        transaction.drainPart(sink(transaction, 0, batch));
        progress.part(transaction.xid(), transaction.firstLsn(), transaction.rows());
        batch.progressed();
    }

    private void end(long commitLsn, Batch batch, TransactionBuffer transaction) {
        batch.progressed();
        if (new Lsn(commitLsn).compareTo(new Lsn(progress.commitLsn())) <= 0) {
            return; // published before a restart
        }
        if (!transaction.isEmpty()) {
            arrived(transaction, batch);
            replaced(transaction, batch);
        }
        transaction.drain(sink(transaction, commitLsn, batch));
        resets(commitLsn, transaction, batch);
        progress.committed(transaction.xid(), commitLsn);
        if (transaction.hasHeartbeat()) {
            watermark(commitLsn, transaction, batch);
            progress.heartbeat();
        }
    }

    /// Tenants are split otherwise than in what is published, so their rows are in other shards from this transaction
    /// on. What a shard remembers from the last time that rows were in it is old, and may let in who is a member no
    /// more: it is forgotten first, and comes again by a backfill.
    private void replaced(TransactionBuffer transaction, Batch batch) {
        String now = router.placement().identity();
        if (progress.placement().equals(now)) {
            return;
        }
        Set<TenantId> moved = new LinkedHashSet<>(Placement.splitTenants(progress.placement()));
        moved.addAll(Placement.splitTenants(now));
        long before = transaction.firstLsn() - 1; // where no transaction begins
        int index = 0;
        for (TableName table : catalog.rememberedTables()) {
            forgotten.accept(table);
            for (RoutedChange change : router.reset(table, before, moved)) {
                Transaction place =
                        new Transaction(transaction.xid(), before, before, transaction.commitUs(), index++, true);
                rowChanges.encode(change, place, batch::add);
            }
        }
        progress.placed(now);
    }

    /// Behind everything of the transaction, in places that no row can have.
    private void resets(long commitLsn, TransactionBuffer transaction, Batch batch) {
        int index = FIRST_RESET;
        for (TableName table : quarantine.due(new Lsn(commitLsn))) {
            if (quarantine.codeOf(table).isEmpty()) {
                forgotten.accept(table);
            }
            for (RoutedChange change : router.reset(table, commitLsn)) {
                Transaction place =
                        new Transaction(transaction.xid(), commitLsn, commitLsn, transaction.commitUs(), index++, true);
                rowChanges.encode(change, place, batch::add);
            }
        }
    }

    private static void arrived(TransactionBuffer transaction, Batch batch) {
        batch.rows(new Batch.Arrival(transaction.xid(), transaction.waitingRows(), transaction.commitUs()));
    }

    private void watermark(long commitLsn, TransactionBuffer transaction, Batch batch) {
        Long redisMs = trust.time(transaction.redisMs());
        everywhere(changes.watermark(commitLsn, transaction.commitUs(), redisMs), batch);
        batch.heartbeat();
    }

    private void everywhere(Change mark, Batch batch) {
        for (int partition = 0; partition < partitions; partition++) {
            batch.add(encoder.mark(partition, Router.EVERY_TENANT, mark));
        }
    }

    private TransactionBuffer.Sink sink(TransactionBuffer transaction, long commitLsn, Batch batch) {
        return new TransactionBuffer.Sink() {
            @Override
            public void raw(ProducerRecord<byte[], byte[]> record) {
                batch.add(record);
            }

            @Override
            public void change(TransactionBuffer.Placed placed, boolean last) {
                Transaction place = new Transaction(
                        transaction.xid(),
                        transaction.firstLsn(),
                        commitLsn,
                        transaction.commitUs(),
                        placed.index(),
                        last);
                rowChanges.encode(placed.change(), place, batch::add);
            }
        };
    }

    /// A transaction that was cut must be the first one after a restart.
    private void refuseGap(Row row) {
        Optional<OpenTransaction> cut = progress.open();
        if (cut.isPresent() && (cut.get().getXid() != row.xid() || cut.get().getFirstLsn() != row.lsn())) {
            throw new FaultException(
                    FaultCode.GAP,
                    "expected transaction %d at %s, got %d at %s"
                            .formatted(
                                    cut.get().getXid(),
                                    new Lsn(cut.get().getFirstLsn()),
                                    row.xid(),
                                    new Lsn(row.lsn())),
                    WayBack.newSnapshot(progress.source(), progress.epoch()),
                    null);
        }
    }

    private static @Nullable Long redisMs(@Nullable Struct heartbeat) {
        if (heartbeat == null || heartbeat.schema().field("redis_ms") == null) {
            return null;
        }
        return heartbeat.getInt64("redis_ms");
    }
}
