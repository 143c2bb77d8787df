package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.RoutedChange;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Watermark;
import org.jspecify.annotations.Nullable;

/// Makes the records of `rowcast.changes`.
final class ChangeFactory {

    private final Progress progress;

    ChangeFactory(Progress progress) {
        this.progress = progress;
    }

    long nowUs() {
        return progress.nowUs();
    }

    Change row(RoutedChange change, Transaction place) {
        return change(new RowChange(
                change.table(),
                change.operation(),
                change.key(),
                change.before().orElse(null),
                change.after().orElse(null),
                change.unchanged(),
                change.lsn(),
                place));
    }

    Change watermark(long lsn, long sourceUs, @Nullable Long redisMs) {
        return change(new Watermark(lsn, sourceUs, redisMs));
    }

    Change snapshot(SnapshotPhase phase) {
        return change(new SnapshotMark(phase));
    }

    /// The same for the same change, however often it is sent.
    String eventId(long firstLsn, int index) {
        return progress.epoch().eventId(firstLsn, index);
    }

    private Change change(Object body) {
        return new Change(progress.epoch().value(), progress.source(), progress.nowUs(), null, body);
    }
}
