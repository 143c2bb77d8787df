package dev.rowcast.ingest.route;

import dev.rowcast.schemas.catalog.TableName;
import io.debezium.data.Envelope;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// One record of Debezium, read as what it means to us.
public sealed interface Captured {

    /// A transaction begins.
    record Begin() implements Captured {}

    /// A transaction ends.
    ///
    /// @param commitLsn where the log goes on after it
    record End(long commitLsn) implements Captured {}

    /// What lets a compacted topic forget the row that was deleted just before.
    record Tombstone(SourceRecord raw) implements Captured {}

    /// A row as it was and as it is.
    ///
    /// @param key the primary key; null when the table has none, and for a truncation
    record Row(
            SourceRecord raw,
            TableName table,
            Envelope.Operation operation,
            @Nullable Struct key,
            @Nullable Struct before,
            @Nullable Struct after,
            long lsn,
            long xid,
            long commitUs,
            Optional<String> snapshot)
            implements Captured {

        /// Whether it was read from the table instead of from the log.
        public boolean fromSnapshot() {
            return operation == Envelope.Operation.READ;
        }

        /// Whether it is the last one that a snapshot reads.
        public boolean endsSnapshot() {
            return snapshot.filter("last"::equals).isPresent();
        }
    }

    /// @param record made by the Postgres connector with transaction metadata
    static Captured of(SourceRecord record) {
        if (record.value() == null) {
            return new Tombstone(record);
        }
        Struct value = (Struct) record.value();
        if (value.schema().field(Envelope.FieldName.OPERATION) == null) {
            // The connector updates the position of the last commit before it makes the END record.
            return "END".equals(value.getString("status"))
                    ? new End(
                            Objects.requireNonNull((Long) record.sourceOffset().get("lsn_commit")))
                    : new Begin();
        }
        Struct source = value.getStruct(Envelope.FieldName.SOURCE);
        Long xid = source.getInt64("txId");
        return new Row(
                record,
                new TableName(source.getString("schema"), source.getString("table")),
                Envelope.Operation.forCode(value.getString(Envelope.FieldName.OPERATION)),
                (Struct) record.key(),
                value.getStruct(Envelope.FieldName.BEFORE),
                value.getStruct(Envelope.FieldName.AFTER),
                source.getInt64("lsn"),
                xid == null ? 0 : xid,
                source.getInt64("ts_us"),
                Optional.ofNullable(source.getString("snapshot")));
    }
}
